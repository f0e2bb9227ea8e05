import { Fragment } from 'react';
import { type Alternatives, purposeOf, type Requirements } from './requirements.ts';
import { Scopes } from './Scopes.tsx';
import { purposeNames } from './texts.ts';
import { useText } from './useText.ts';

/** A purpose by its code and, where the catalogue has one, its name. */
export function Purpose({ code }: { readonly code: string }) {
  const text = useText();
  const name = purposeNames[code];
  return (
    <span className="purpose">
      <code>{code}</code>
      {name !== undefined && ` · ${text(name)}`}
    </span>
  );
}

function Or() {
  const text = useText();
  return <span className="hint"> {text('or')} </span>;
}

/** More alternatives than these would push everything else off the screen. */
const SHOWN = 3;

function ScopeSets({ sets }: { readonly sets: Alternatives }) {
  const text = useText();
  const list = sets.map((names, index) => (
    <Fragment key={names.join(' ')}>
      {index > 0 && <Or />}
      <Scopes scopes={names} />
    </Fragment>
  ));
  if (sets.length <= SHOWN) return list;
  return (
    <details>
      <summary>
        {text('oneOf')} {sets.length} {text('scopeSets')}
      </summary>
      {list}
    </details>
  );
}

function Policies({ sets }: { readonly sets: Alternatives }) {
  const text = useText();
  return sets.map((names, index) => (
    <Fragment key={names.join(' ')}>
      {index > 0 && <Or />}
      {names.map((name) => {
        const purpose = purposeOf(name);
        if (purpose === undefined) return <code key={name}>{name}</code>;
        return (
          <Fragment key={name}>
            <span className="hint">{text('purposeOf')}</span> <Purpose code={purpose} />
          </Fragment>
        );
      })}
    </Fragment>
  ));
}

/** What a field asks for, each kind in a line of its own: all of them are needed. */
export function Required({ closed, authenticated, scopes, policies }: Requirements) {
  const text = useText();
  return (
    <div className="required">
      {closed && <p>{text('closed')}</p>}
      {authenticated && <p>{text('tokenNeeded')}</p>}
      {scopes.length > 0 && (
        <div>
          <ScopeSets sets={scopes} />
        </div>
      )}
      {policies.length > 0 && (
        <div>
          {scopes.length > 0 && <span className="hint">{text('and')} </span>}
          <Policies sets={policies} />
        </div>
      )}
    </div>
  );
}
