/** The health database, as Kysely sees it. Dates are ISO 8601 text. See migrations/ for keys and constraints. */
export interface HealthTables {
  person: { number: string; citizen_id: string; died_on: string | null };
  facility: { code: string; name: string; commune: string };
  insurance: {
    person: string;
    card_number: string | null;
    group_code: string;
    level: number;
    valid_from: string;
    valid_to: string;
    facility: string;
  };
  series: { code: string; doses_required: number };
  dose: { person: string; series: string; vaccine: string; dose_number: number; given_on: string };
  allergy: { person: string; substance: string; severity: string };
  disease: { code: string; name: string };
  diagnosis: { person: string; disease: string; diagnosed_on: string };
}
