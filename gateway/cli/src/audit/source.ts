import { createReadStream, openSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { CommandError } from '../command-error.ts';

/** Where something is read from: a file, an address, or `-` for what comes in. */
export async function openSource(option: string, named: string): Promise<AsyncIterable<Uint8Array>> {
  if (named === '-') return process.stdin;
  if (/^https?:\/\//i.test(named)) return fetched(option, named);
  try {
    return createReadStream(named, { fd: openSync(named, 'r') });
  } catch (error) {
    throw unreadable(option, named, String(Object(error).code));
  }
}

/** The whole of something small. */
export async function readSource(option: string, named: string): Promise<string> {
  try {
    if (named !== '-' && !/^https?:\/\//i.test(named)) return readFileSync(named, 'utf8');
    const chunks: Uint8Array[] = [];
    for await (const chunk of await openSource(option, named)) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    throw error instanceof CommandError ? error : unreadable(option, named, String(Object(error).code));
  }
}

async function fetched(option: string, named: string): Promise<AsyncIterable<Uint8Array>> {
  if (!URL.canParse(named)) throw unreadable(option, named, 'URL');
  const url = new URL(named);
  // Keys that came over an open network may be anybody's, and an export must not be read by everybody.
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) {
    throw new CommandError('HTTPS_NEEDED', {
      vi: `${option} ${named}: qua mạng chỉ nhận https; http chỉ trong chính máy này (127.0.0.1).`,
      en: `${option} ${named}: over a network https alone; http is for this very machine (127.0.0.1).`,
    });
  }
  let answer: Response;
  try {
    answer = await fetch(url, { redirect: 'error' });
  } catch (error) {
    throw unreadable(option, named, String(Object(Object(error).cause).code ?? Object(error).message));
  }
  if (answer.status !== 200 || answer.body === null) throw unreadable(option, named, `HTTP ${answer.status}`);
  return Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);

const unreadable = (option: string, named: string, why: string): CommandError =>
  new CommandError('UNREADABLE', {
    vi: `${option} ${named}: không đọc được (${why}). Kiểm tra đường dẫn hoặc địa chỉ và quyền đọc.`,
    en: `${option} ${named}: it cannot be read (${why}). Check the path or address and the right to read it.`,
  });
