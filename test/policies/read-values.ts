import type { Section } from '@lienthong/schema/yaml-file';

/** A map of plain values. */
export const plainRecord = (section: Section, key: string): Readonly<Record<string, unknown>> => {
  section.section(key);
  return section.json(key) as Record<string, unknown>;
};

/** A map of texts. */
export const texts = (section: Section, key: string): ReadonlyMap<string, string> => {
  const map = section.section(key);
  return new Map(map.names.map((name) => [name, map.string(name)]));
};

/** SDL by department, at least one. */
export const departmentsOf = (section: Section, key: string): ReadonlyMap<string, string> => {
  const departments = texts(section, key);
  if (departments.size === 0) throw section.refuse(key, 'cần ít nhất một ngành', 'needs at least one department');
  return departments;
};

export const yesOrNo = (section: Section, key: string): boolean => {
  const value = section.json(key);
  if (typeof value === 'boolean') return value;
  throw section.refuse(key, 'phải là true hoặc false', 'must be true or false');
};

/** A whole number from 0. */
export const count = (section: Section, key: string): number => {
  const value = section.json(key);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw section.refuse(key, 'phải là số nguyên từ 0', 'must be a whole number from 0');
};
