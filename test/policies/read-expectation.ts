import type { Section } from '@lienthong/schema/yaml-file';

import type { Answered, Expectation, Refused, Settings, Told } from './model.ts';
import { count, plainRecord } from './read-values.ts';

const ANSWERED_KEYS = ['data', 'status', 'denials', 'asked', 'inputs', 'policiesAsked', 'never'];
const REFUSED_KEYS = ['refused', 'status', 'extensions', 'denials', 'policiesAsked', 'never'];
const TOLD_KEYS = ['path', 'coordinate', 'required'];

/** A coordinate, or a type where a whole fragment is denied. */
const COORDINATE = /^[_A-Za-z]\w*(\.[_A-Za-z]\w*)?$/;

/** What must be seen. An answer tells its data and what departments were asked; a refusal its code and its status. */
export const readExpectation = (section: Section, settings: Settings): Expectation => {
  const refused = section.has('refused');
  if (!refused && !section.has('data')) {
    throw section.refuse('data', 'cần «data» hoặc «refused»', 'a case must expect «data» or be «refused»');
  }
  section.only(refused ? REFUSED_KEYS : ANSWERED_KEYS);
  return {
    ...(refused ? readRefused(section) : readAnswered(section)),
    asked: refused ? [] : coordinates(section, 'asked'),
    inputs: section.has('inputs') ? coordinates(section, 'inputs') : [],
    denials: section.has('denials') ? readDenials(section, settings) : [],
    ...(section.has('policiesAsked') ? { policiesAsked: section.strings('policiesAsked') } : {}),
    never: section.has('never') ? section.strings('never') : [],
  };
};

const readAnswered = (section: Section): Answered => ({
  kind: 'answered',
  status: section.has('status') ? count(section, 'status') : 200,
  data: section.json('data'),
});

const readRefused = (section: Section): Refused => ({
  kind: 'refused',
  status: count(section, 'status'),
  code: section.string('refused'),
  extensions: section.has('extensions') ? plainRecord(section, 'extensions') : {},
});

const coordinates = (section: Section, key: string): readonly string[] => {
  const named = section.strings(key);
  const wrong = named.find((name) => !(COORDINATE.test(name) && name.includes('.')));
  if (wrong === undefined) return named;
  throw section.refuse(key, `«${wrong}» không phải Kiểu.trường`, `"${wrong}" is no Type.field`);
};

/** `- citizen.diagnoses: Citizen.diagnoses`, or the long form where what would open it is told. */
const readDenials = (section: Section, { authorization }: Settings): readonly Told[] =>
  section.sections('denials').map((denial) => {
    const [path = '', ...others] = denial.names;
    if (others.length === 0) return { affectedPath: path, coordinate: coordinate(denial, path) };
    denial.only(TOLD_KEYS);
    if (!authorization.discloseRequirements) {
      throw denial.refuse('required', 'chỉ với discloseRequirements', 'is told only with discloseRequirements');
    }
    return {
      affectedPath: denial.string('path'),
      coordinate: coordinate(denial, 'coordinate'),
      required: denial.json('required'),
    };
  });

const coordinate = (section: Section, key: string): string => {
  const name = section.string(key);
  if (COORDINATE.test(name)) return name;
  throw section.refuse(key, 'phải là Kiểu hoặc Kiểu.trường', 'must be Type or Type.field');
};
