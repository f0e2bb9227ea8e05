import { inventAddress } from './addresses.ts';
import { placeFor } from './communes.ts';
import { isoDate } from './dates.ts';
import { fixedHousehold, householdCode } from './fixed.ts';
import type { Register } from './invent.ts';
import { inventMembers } from './members.ts';
import { numberRegister } from './numbers.ts';
import { type Household, LAST_YEAR } from './person.ts';
import { randomFor } from './random.ts';

/**
 * The households of the invented province, exactly `citizens` people in all, the fixed household first. A stream: one
 * household is held at a time, however many are asked for. Equal calls give equal people.
 */
export function* households(citizens: number): Generator<Household> {
  if (!Number.isSafeInteger(citizens) || citizens < 0) {
    throw new RangeError(`expected a whole number of citizens, found ${citizens}`);
  }
  const register = numberRegister();
  let missing = citizens;
  for (let index = 0; missing > 0; index++) {
    const household = index === 0 ? fixedHousehold() : inventHousehold(index, missing, register);
    household.members.length = Math.min(household.members.length, missing);
    missing -= household.members.length;
    yield household;
  }
}

function inventHousehold(index: number, limit: number, register: Register): Household {
  const random = randomFor(String(index), 'household');
  const place = placeFor(index, random);
  const members = inventMembers({ place, limit, random, register });
  const settled = Math.max(1978, (members[0]?.birthYear ?? 1978) + 18);
  return {
    index,
    code: householdCode(place.code, index),
    commune: place.code,
    address: inventAddress(place, random),
    since: isoDate(random.int(Math.min(settled, LAST_YEAR), LAST_YEAR), random),
    members,
  };
}
