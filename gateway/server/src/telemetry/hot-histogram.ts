import { Histogram } from 'prom-client';

/** One combination of label values. */
export interface Series {
  observe(value: number): void;
}

type Told = Awaited<ReturnType<Histogram<string>['get']>>;
type Values = Told['values'];

/** An enum of declarations alone: there is no such object to take it from. */
const HISTOGRAM = 'histogram' as unknown as Told['type'];

/**
 * A histogram whose observations cost an addition: prom-client checks and hashes the labels of each one, which is some two
 * percent of a small request. Series are had once and kept; what is told when the metrics are read is prom-client's, byte
 * for byte.
 */
export class HotHistogram<Label extends string> extends Histogram<Label> {
  readonly #name: string;
  readonly #help: string;
  readonly #labels: readonly Label[];
  readonly #bounds: readonly number[];
  readonly #series: { readonly labels: Partial<Record<Label, string>>; readonly counted: Counted }[] = [];

  constructor(settings: {
    readonly name: string;
    readonly help: string;
    readonly labelNames: readonly Label[];
    readonly buckets: readonly number[];
    readonly registers: NonNullable<ConstructorParameters<typeof Histogram>[0]['registers']>;
  }) {
    super({ ...settings, labelNames: [...settings.labelNames], buckets: [...settings.buckets] });
    this.#name = settings.name;
    this.#help = settings.help;
    this.#labels = settings.labelNames;
    this.#bounds = settings.buckets;
  }

  /** @param values of the labels, in their order; each combination is asked for once */
  series(...values: readonly string[]): Series {
    const labels: Partial<Record<Label, string>> = {};
    for (const [index, label] of this.#labels.entries()) labels[label] = values[index] ?? '';
    const counted = new Counted(this.#bounds);
    this.#series.push({ labels, counted });
    return counted;
  }

  /** What the registry reads for the text format, and for the sum over processes. */
  override async get(): Promise<Told> {
    // As the stock one has it: without `collect`, whatever its declaration says, because it goes to other processes.
    const told: Omit<Told, 'collect'> = {
      name: this.#name,
      help: this.#help,
      type: HISTOGRAM,
      aggregator: 'sum',
      values: this.#values(),
    };
    return told as Told;
  }

  /** The registry prefers this to `get` where it is there; labels that it would share are written out. */
  getForPromString(): Promise<Told> {
    return this.get();
  }

  #values(): Values {
    return this.#series
      .filter(({ counted }) => counted.count > 0)
      .flatMap(({ labels, counted }) => {
        let sum = 0;
        const bucket = (le: number | string, value: number) => ({
          metricName: `${this.#name}_bucket`,
          labels: { le, ...labels },
          value,
          exemplar: null,
        });
        return [
          ...this.#bounds.map((bound, index) => {
            sum += counted.buckets[index] ?? 0;
            return bucket(bound, sum);
          }),
          bucket('+Inf', counted.count),
          { metricName: `${this.#name}_sum`, labels, value: counted.sum },
          { metricName: `${this.#name}_count`, labels, value: counted.count },
        ] as Values;
      });
  }
}

/** The observations of one series. */
class Counted implements Series {
  readonly #bounds: readonly number[];
  /** How many are within each bound and beyond the one before. */
  readonly buckets: Float64Array;
  count = 0;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.buckets = new Float64Array(bounds.length);
  }

  observe(value: number): void {
    this.count += 1;
    this.sum += value;
    const bounds = this.#bounds;
    for (let index = 0; index < bounds.length; index += 1) {
      if (value <= (bounds[index] ?? 0)) {
        this.buckets[index] = (this.buckets[index] ?? 0) + 1;
        return;
      }
    }
  }
}
