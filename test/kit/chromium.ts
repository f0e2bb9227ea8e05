import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A browser that asks nobody for anything: what it loads is what the page under test made it load. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const installed = (): string | undefined => PLACES.find((place) => existsSync(place));

async function install(): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', ['update'], { env });
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
      env,
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    process.stderr.write(`Chromium could not be installed by apt-get: ${String(error).split('\n', 1)[0]}\n`);
  }
  return installed();
}

/**
 * Starts Chromium with a fresh profile; installs Debian's where that is possible. `undefined` where there is none: the
 * caller says what it therefore could not check.
 */
export async function startChromium(): Promise<Browser | undefined> {
  const executablePath = installed() ?? (await install());
  return executablePath === undefined ? undefined : chromium.launch({ executablePath, args: FLAGS });
}
