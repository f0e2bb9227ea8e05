import { createHash } from 'node:crypto';
import type { Rule } from '../rules/rule.ts';
import type { LostGuard } from './guard-lost.ts';

/*
 * An acknowledgement travels in the supergraph that it excuses, as comment lines at its top, so that the gateway that is to
 * load it finds there what the composer was told, and a review sees it:
 *
 *   # guards-lost-since: sha256:…
 *   # guard-lost: Citizen.ethnicity now {"authenticated":true,"scopes":[],"policies":[]}
 *
 * It holds for one step and one rule: from the very supergraph with that hash, to the very rule that is written out. Copied
 * in front of another supergraph, or met by a gateway that serves another one, it excuses nothing.
 */
const SINCE = '# guards-lost-since: ';
const LOST = '# guard-lost: ';
const NOW = ' now ';

/** The supergraph with its acknowledgement in front; without guards that were lost, the supergraph as it is. */
export function withAcknowledgement(sdl: string, previousSdl: string, lost: readonly LostGuard[]): string {
  if (lost.length === 0) return sdl;
  const lines = lost.map(({ coordinate, after }) => `${LOST}${coordinate}${NOW}${written(after)}\n`);
  return `${SINCE}${hashOf(previousSdl)}\n${lines.join('')}${sdl}`;
}

/** Whether a supergraph acknowledges the loss of a guard, when it takes the place of `previousSdl`. */
export function acknowledgedIn(sdl: string, previousSdl: string): (lost: LostGuard) => boolean {
  const header = headerOf(sdl);
  if (header[0] !== `${SINCE}${hashOf(previousSdl)}`) return () => false;
  const lines = new Set(header.slice(1));
  return ({ coordinate, after }) => lines.has(`${LOST}${coordinate}${NOW}${written(after)}`);
}

/** Of a supergraph without its own acknowledgement: composed again without a change, it is still the same. */
function hashOf(sdl: string): string {
  const header = headerOf(sdl);
  const text = linesOf(sdl).slice(header.length).join('\n').trimEnd();
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function headerOf(sdl: string): string[] {
  const lines = linesOf(sdl);
  const end = lines.findIndex((line) => !line.startsWith(SINCE) && !line.startsWith(LOST));
  return lines.slice(0, end === -1 ? lines.length : end);
}

/** A checkout may have changed how lines end. */
const linesOf = (sdl: string): string[] => sdl.split(/\r?\n/);

/** Rules are canonical, so equal ones are written alike. */
const written = ({ authenticated, scopes, policies }: Rule): string =>
  JSON.stringify({ authenticated, scopes, policies });
