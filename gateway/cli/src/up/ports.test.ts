import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { CommandError } from '../command-error.ts';
import { choosePorts, portFrom } from './ports.ts';

const open: Server[] = [];

afterEach(() => Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))));

/** A port that somebody else listens on. */
const takenPort = async (): Promise<number> => {
  const server = createServer();
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const refusal = async (work: Promise<unknown>): Promise<CommandError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof CommandError) return error;
  throw new Error(`not refused: ${String(error)}`);
};

describe('choosePorts', () => {
  test('names every taken port, who wants it, and the variable that moves it', async () => {
    const [gateway, land] = [await takenPort(), await takenPort()];
    const error = await refusal(
      choosePorts([
        { name: 'gateway', variable: 'GATEWAY_PORT', port: gateway },
        { name: 'issuer', variable: 'ISSUER_PORT', port: 0 },
        { name: 'land', variable: 'LAND_PORT', port: land },
      ]),
    );
    expect(error.code).toBe('PORT_TAKEN');
    for (const text of Object.values(error.messages)) {
      expect(text).toContain(`${gateway}`);
      expect(text).toContain('GATEWAY_PORT=');
      expect(text).toContain(`${land}`);
      expect(text).toContain('LAND_PORT=');
      expect(text).not.toContain('ISSUER_PORT');
    }
    expect(error.messages.vi).toContain('Dừng chương trình đó');
  });

  test('hands out different free ports, and lets go of them', async () => {
    const requests = ['a', 'b', 'c'].map((name) => ({ name, variable: name, port: 0 }));
    const ports = await choosePorts(requests);
    expect(new Set(Object.values(ports)).size).toBe(3);
    const again = requests.map(({ name, variable }) => ({ name, variable, port: ports[name] ?? -1 }));
    expect(await choosePorts(again)).toEqual(ports);
  });

  test('waits for the processes of an interrupted run', async () => {
    const port = await takenPort();
    const chosen = choosePorts([{ name: 'gateway', variable: 'GATEWAY_PORT', port }], 10_000);
    for (const server of open.splice(0)) server.close();
    expect(await chosen).toEqual({ gateway: port });
  });
});

describe('portFrom', () => {
  test('takes the environment, else the usual one', () => {
    expect(portFrom({ A_PORT: '5' }, 'A_PORT', 4)).toBe(5);
    expect(portFrom({ A_PORT: '0' }, 'A_PORT', 4)).toBe(0);
    expect(portFrom({ A_PORT: ' ' }, 'A_PORT', 4)).toBe(4);
    expect(portFrom({}, 'A_PORT', 4)).toBe(4);
  });

  test.each(['65536', '-1', '4e3', 'x'])('refuses %s', (written) => {
    expect(() => portFrom({ A_PORT: written }, 'A_PORT', 4)).toThrow('A_PORT must be a number from 0 to 65535');
  });
});
