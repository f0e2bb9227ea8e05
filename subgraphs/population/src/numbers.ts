import type { Sex } from './person.ts';
import type { Random } from './random.ts';

/** Serials below this are kept for fixed records and for tests that need a number which nobody has. */
const FIRST_SERIAL = 1000;
const SERIALS = 1_000_000 - FIRST_SERIAL;
/** Coprime with SERIALS, so that stepping by it visits every serial once and neighbours do not look alike. */
const STRIDE = 618_031;

const QUANG_NGAI = '051';
const KON_TUM = '062';
const FIRST_KON_TUM_UNIT = '23284';
/** Hà Nội, Đà Nẵng, Bình Định, Gia Lai, TP.HCM: where people who moved in were registered at birth. */
const ELSEWHERE = ['001', '048', '052', '064', '079'] as const;

/** The province of birth registration: mostly the one the commune belonged to before 1 July 2025. */
export function birthProvince(commune: string, random: Random): string {
  if (random.chance(0.04)) return random.pick(ELSEWHERE);
  return commune >= FIRST_KON_TUM_UNIT ? KON_TUM : QUANG_NGAI;
}

/**
 * Hands out personal numbers, each once: province, digit of century and sex, year, serial. It remembers one counter per
 * prefix, so its memory does not grow with the number of people.
 */
export function numberRegister(): (province: string, sex: Sex, birthYear: number) => string {
  const handedOut = new Map<string, number>();
  return (province, sex, birthYear) => {
    const century = 2 * (Math.floor(birthYear / 100) - 19) + (sex === 'MALE' ? 0 : 1);
    const prefix = `${province}${century}${String(birthYear % 100).padStart(2, '0')}`;
    const count = handedOut.get(prefix) ?? 0;
    if (count >= SERIALS) throw new RangeError(`prefix ${prefix} has no serials left: ask for fewer citizens`);
    handedOut.set(prefix, count + 1);
    return prefix + String(FIRST_SERIAL + ((count * STRIDE) % SERIALS)).padStart(6, '0');
  };
}
