import type { Journey } from '../journeys/catalogue.ts';
import { useText } from './useText.ts';

interface Props {
  readonly journeys: readonly Journey[];
  readonly current: string | undefined;
  onPick(journey: Journey): void;
}

/**
 * The side panel: each journey with its number, its title and who asks for which purpose. The explanation shows on the
 * current one, so that all nine fit a laptop's screen.
 */
export function Journeys({ journeys, current, onPick }: Props) {
  const text = useText();
  return (
    <nav className="journeys" aria-labelledby="journeys-title">
      <h2 id="journeys-title">{text('journeys')}</h2>
      <p className="hint">{text('journeysHint')}</p>
      <ol>
        {journeys.map((journey, index) => (
          <li key={journey.id}>
            <button
              type="button"
              data-journey={journey.id}
              title={text(journey.explanation)}
              aria-current={journey.id === current ? 'true' : undefined}
              onClick={() => onPick(journey)}
            >
              <span className="number">{index + 1}</span>
              <span className="title">{text(journey.title)}</span>
              <span className="explanation">{text(journey.explanation)}</span>
              <span className="asker">
                {journey.client} · {journey.purpose}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
