import { userInfo } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { RegistryError } from '@lienthong/registry';
import { type Author, RegistryRefusal, RegistryStore } from '@lienthong/registry/store';
import { CommandError } from '../command-error.ts';
import { dataFolder } from '../up/folders.ts';
import { readState } from '../up/state.ts';

/** The options that every command on the registry has. */
export interface RegistryOptions {
  /** Address of its database. */
  readonly registry?: string;
  /** Admit what only development may have. */
  readonly development?: boolean;
  readonly actor?: string;
  readonly reason?: string;
  readonly revision?: number;
}

/**
 * Opens the registry that the options, the environment or the running federation name, lets `act` work on it and closes
 * it. Whatever the registry refuses is told as any refusal of this command.
 */
export async function withRegistry<T>(options: RegistryOptions, act: (store: RegistryStore) => Promise<T>): Promise<T> {
  const { url, development } = findRegistry(options);
  try {
    const store = await RegistryStore.open(url, { environment: development ? 'development' : 'production' });
    return await act(store).finally(() => store.close());
  } catch (error) {
    throw told(error);
  }
}

/** Milliseconds within which issuer and gateway notice a change. */
const NOTICED = 1_000;

/**
 * As {@link withRegistry}, for what changes it. On the machine of a running federation whoever pastes several commands
 * goes on with what this one has done: it ends when issuer and gateway know.
 */
export async function changeRegistry<T>(
  options: RegistryOptions,
  act: (store: RegistryStore) => Promise<T>,
): Promise<T> {
  const done = await withRegistry(options, act);
  if (ofRunning(options)) await wait(NOTICED);
  return done;
}

/** Where neither the options nor the environment name a registry, it is that of the running federation. */
export const ofRunning = ({ registry }: RegistryOptions): boolean => !(registry ?? process.env.REGISTRY_DATABASE_URL);

/** The federation of this machine is for development; any other registry is taken for a real one. */
function findRegistry({ registry, development = false }: RegistryOptions): { url: string; development: boolean } {
  const named = registry ?? process.env.REGISTRY_DATABASE_URL;
  if (named) {
    if (/^postgres(ql)?:\/\//.test(named) && URL.canParse(named)) return { url: named, development };
    throw new CommandError('REGISTRY_ADDRESS', {
      vi: 'Địa chỉ sổ đăng ký phải có dạng postgres://người-dùng@máy-chủ/registry.',
      en: 'The address of the registry looks like postgres://user@host/registry.',
    });
  }
  const running = readState(dataFolder())?.databases.registry;
  if (running !== undefined) return { url: running, development: true };
  throw new CommandError('REGISTRY_UNKNOWN', {
    vi: 'Chưa biết sổ đăng ký ở đâu: thêm --registry postgres://…, đặt REGISTRY_DATABASE_URL, hoặc chạy: npm start',
    en: 'Which registry? Add --registry postgres://…, set REGISTRY_DATABASE_URL, or start one: npm start',
  });
}

/** Who changes the registry, as far as this machine knows; the database records its own role besides. */
export function authorOf({ actor, reason, revision }: RegistryOptions): Author {
  return {
    actor: actor || process.env.REGISTRY_ACTOR || userInfo().username,
    ...(reason === undefined ? {} : { reason }),
    ...(revision === undefined ? {} : { expected: revision }),
  };
}

function told(error: unknown): unknown {
  if (error instanceof RegistryRefusal || error instanceof RegistryError) {
    return new CommandError(error.code, error.messages);
  }
  const code: unknown = Object(error).code;
  if (error instanceof CommandError || typeof code !== 'string') return error;
  // By code alone: a driver's message may hold the address with its password.
  return new CommandError('REGISTRY_UNAVAILABLE', {
    vi: `Cơ sở dữ liệu của sổ đăng ký từ chối hoặc không trả lời (${code}). Kiểm tra địa chỉ, mật khẩu và quyền của vai trò.`,
    en: `The registry's database refuses or does not answer (${code}). Check address, password and the rights of the role.`,
  });
}
