/** A measured query. Its variable `page` chooses whose data: every variant is another page, and so another answer. */
export interface Workload {
  readonly name: string;
  readonly query: string;
  readonly variables: (variant: number) => Readonly<Record<string, unknown>>;
  readonly variants: number;
  /** Requests after which everything that matters is compiled, however long they take: a busy machine answers few in a second. */
  readonly warm?: number;
}

const variants = (page: number) => ({ page });

/** Fetches in the stock plan: 16 for `big`, 4 for `medium`, 3 for `small`. */
export const workloads = {
  big: {
    name: 'big',
    warm: 300,
    variants: 16,
    variables: variants,
    query: `query Big($page: Int!) {
      citizens(page: $page, first: 10) {
        id fullName familyName givenName birthDate sex ethnicity alive
        residence { address commune communeName since }
        household {
          id code address since
          members {
            id fullName birthDate sex
            insurance { number level validFrom validTo facility { name address } }
            enrolments { grade from to result school { id name head { fullName birthDate } } }
          }
        }
        insurance { number level validFrom validTo facility { id name address beds head { fullName residence { address since } } } }
        immunizations { vaccine date dose note facility { name address } }
        doctor { fullName sex residence { address } holdings { share since parcel { code purpose } } }
        enrolments { grade from to result school { name address head { fullName insurance { level validTo } } } }
        certificates { name issued average }
        holdings { share since certificate parcel { id code purpose area address owners { fullName enrolments { grade result } } encumbrances } }
      }
      parcels(page: $page, first: 10) { id code purpose area address encumbrances owners { fullName birthDate residence { address communeName } } }
    }`,
  },
  medium: {
    name: 'medium',
    warm: 2_000,
    variants: 16,
    variables: variants,
    query: `query Medium($page: Int!) {
      citizens(page: $page, first: 5) {
        id fullName birthDate sex residence { address communeName since }
        insurance { number level validFrom validTo facility { name address } }
        enrolments { grade from to result school { name } }
        holdings { share since parcel { code purpose area } }
      }
    }`,
  },
  small: {
    name: 'small',
    warm: 3_000,
    variants: 16,
    variables: variants,
    query: `query Small($page: Int!) {
      citizen(page: $page) {
        id fullName birthDate
        insurance { level validTo facility { name } }
        holdings { share parcel { code purpose } }
      }
    }`,
  },
} as const satisfies Record<string, Workload>;

export type WorkloadName = keyof typeof workloads;
export const WORKLOADS = Object.keys(workloads) as readonly WorkloadName[];

/** The same list at any length: two fetches, one entity fetch over all of it. */
export const listOf = (entities: number): Workload => ({
  name: `${entities} entities`,
  variants: 1,
  variables: (variant) => ({ page: variant, first: entities }),
  query: `query List($page: Int!, $first: Int!) {
    citizens(page: $page, first: $first) { id fullName insurance { level validTo } }
  }`,
});

/** What distinct operations choose from: each its own leaves, by object. */
const CHOICES = [
  ['', ['fullName', 'birthDate', 'sex', 'familyName', 'givenName', 'ethnicity', 'alive']],
  ['residence', ['address', 'communeName', 'since']],
  ['insurance', ['number', 'level', 'validFrom', 'validTo']],
  ['insurance.facility', ['name', 'address', 'beds']],
] as const;
const LEAVES = CHOICES.flatMap(([object, fields]) => fields.map((field) => ({ object, field })));
/** Odd, so that no two numbers below 2 to the number of leaves choose the same. */
const SCATTER = 0x9e35;

/** How many operations there are of which no two select the same. */
export const DISTINCT = 2 ** LEAVES.length;

/**
 * An operation that nobody has asked before: no other one selects the same, so that text, decision, plan and what is compiled
 * of it are its own. Neighbours differ widely.
 */
export const distinctOperation = (n: number): Workload => {
  const chosen = (n * SCATTER) % DISTINCT;
  const of = (object: string): string =>
    LEAVES.flatMap((leaf, bit) => (leaf.object === object && (chosen >>> bit) & 1 ? [leaf.field] : [])).join(' ');
  const within = (name: string, inner: string): string => (inner.trim() === '' ? '' : ` ${name} { ${inner.trim()} }`);
  const facility = within('facility', of('insurance.facility'));
  const selected = `id ${of('')}${within('residence', of('residence'))}${within('insurance', of('insurance') + facility)}`;
  return {
    name: `distinct ${n}`,
    variants: 1,
    variables: variants,
    query: `query Distinct${n}($page: Int!) { citizen(page: $page) { ${selected} } }`,
  };
};

export const requestBody = ({ query, variables }: Workload, variant: number): string =>
  JSON.stringify({ query, variables: variables(variant) });
