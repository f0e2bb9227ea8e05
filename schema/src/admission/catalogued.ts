import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Rules } from '../rules/read.ts';
import { type Refusal, refusal } from './refusal.ts';

/** Policies of this form are decided from the token's purpose (DESIGN §4). */
const PURPOSE = 'purpose:';

/** Scopes and purposes that a department asks for and the catalogue does not know: a typing error would lock a field for good. */
export function notCatalogued(
  department: { name: string; rules: Rules },
  catalogue: Pick<Catalogue, 'scopes' | 'purposes'>,
): readonly Refusal[] {
  const refusals: Refusal[] = [];
  for (const [coordinate, rule] of [...department.rules.fields, ...department.rules.types]) {
    const where = { coordinate, department: department.name };
    for (const scope of new Set(rule.scopes.flat())) {
      if (catalogue.scopes.has(scope)) continue;
      refusals.push(
        refusal(
          'UNKNOWN_SCOPE',
          `[${department.name}] ${coordinate} đòi phạm vi «${scope}» không có trong danh mục; sửa tên hoặc thêm vào scopes.yaml`,
          `[${department.name}] ${coordinate} asks for the scope "${scope}", which the catalogue lacks; correct it or add it to scopes.yaml`,
          where,
        ),
      );
    }
    for (const policy of new Set(rule.policies.flat())) {
      if (!policy.startsWith(PURPOSE) || catalogue.purposes.has(policy.slice(PURPOSE.length))) continue;
      refusals.push(
        refusal(
          'UNKNOWN_PURPOSE',
          `[${department.name}] ${coordinate} đòi mục đích «${policy}» không có trong danh mục; sửa tên hoặc thêm vào purposes.yaml`,
          `[${department.name}] ${coordinate} asks for "${policy}", a purpose that the catalogue lacks; correct it or add it to purposes.yaml`,
          where,
        ),
      );
    }
  }
  return refusals;
}
