import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { StartError } from '../errors.ts';

/** Seconds in each unit of a written duration. */
const secondsPer: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };
const loopback = ['127.0.0.1', 'localhost', '::1', '[::1]'];

export const isLoopback = (host: string): boolean => loopback.includes(host);

/** @throws StartError that names the variable and what it must hold */
export function refuse(name: string, vi: string, en: string): never {
  throw new StartError('CONFIG_INVALID', { vi: `${name} ${vi}`, en: `${name} ${en}` });
}

export function readPort(name: string, value: string): number {
  const port = Number(value);
  if (/^\d{1,5}$/.test(value) && port <= 65535) return port;
  return refuse(name, 'phải là số từ 0 đến 65535', 'must be a number from 0 to 65535');
}

/** An issuer is compared as a string, so one spelling only: an origin, with no path, slash, query or user. */
export function readOrigin(name: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || url.origin !== value) {
    return refuse(
      name,
      'phải là một gốc như https://idp.tinh.example, không có đường dẫn hay dấu / cuối',
      'must be an origin such as https://idp.tinh.example, without a path or final slash',
    );
  }
  return readSecure(name, url, value);
}

/** The identifier of another issuer, which may have a path. */
export function readAddress(name: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || url.search || url.hash || url.username) {
    return refuse(name, 'phải là một địa chỉ https', 'must be an https address');
  }
  return readSecure(name, url, value);
}

function readSecure(name: string, url: URL, value: string): string {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return value;
  return refuse(
    name,
    'phải dùng https; http chỉ cho địa chỉ loopback',
    'must use https; http is for loopback addresses only',
  );
}

/** @returns seconds */
export function readDuration(name: string, value: string, least: string, most: string, example: string): number {
  const seconds = parse(value);
  if (seconds >= parse(least) && seconds <= parse(most)) return seconds;
  return refuse(
    name,
    `phải là khoảng thời gian từ ${least} đến ${most}, như ${example}`,
    `must be a duration from ${least} to ${most}, such as ${example}`,
  );
}

function parse(value: string): number {
  const [, digits, unit] = /^(\d{1,5})(s|m|h|d)$/.exec(value) ?? [];
  return Number(digits) * (secondsPer[unit ?? ''] ?? Number.NaN);
}

export function readWord<Word extends string>(name: string, value: string, words: readonly Word[]): Word {
  const word = words.find((each) => each === value);
  return word ?? refuse(name, `phải là một trong: ${words.join(', ')}`, `must be one of: ${words.join(', ')}`);
}

/** Addresses and networks, separated by commas. */
export function readNetworks(name: string, value: string): string[] {
  const entries = value.split(',').map((entry) => entry.trim());
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const bits = isIP(address) === 6 ? 128 : 32;
    const fits = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
    if (isIP(address) === 0 || !fits) {
      refuse(
        name,
        'phải là các địa chỉ IP hay mạng CIDR, cách nhau bằng dấu phẩy',
        'must be IP addresses or CIDR networks, separated by commas',
      );
    }
  }
  return entries;
}

/** The path of a file that can be read now: a wrong path is told at start, not at the first request. */
export function readFilePath(name: string, value: string): string {
  try {
    readFileSync(value);
    return value;
  } catch {
    return refuse(name, `không đọc được tệp ${value}`, `cannot read the file ${value}`);
  }
}
