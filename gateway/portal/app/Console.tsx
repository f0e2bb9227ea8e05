import { useState } from 'react';
import type { Journey } from '../journeys/catalogue.ts';
import { Caller } from './Caller.tsx';
import type { Claims } from './claims.ts';
import { Header } from './Header.tsx';
import { Journeys } from './Journeys.tsx';
import { journeys } from './journeys.ts';
import { useSession } from './session.ts';
import { useText } from './useText.ts';
import { type Pick, Workbench } from './Workbench.tsx';

/** The journey named in the address (`/#land-transfer`), or the first. */
function firstJourney(): Journey {
  const named = journeys.find(({ id }) => `#${id}` === location.hash) ?? journeys[0];
  if (named === undefined) throw new Error('The console was built without its journeys.');
  return named;
}

/** Whether a token will last for the query about to be asked. */
function isUsable(claims: Claims | undefined): boolean {
  return claims?.expiresAt !== undefined && claims.expiresAt * 1000 > Date.now() + 5_000;
}

export function Console() {
  const text = useText();
  const [pick, setPick] = useState<Pick>(() => ({ journey: firstJourney(), turn: 0 }));
  const session = useSession(pick.journey);

  const onPick = (journey: Journey) => {
    history.replaceState(null, '', `#${journey.id}`);
    setPick(({ turn }) => ({ journey, turn: turn + 1 }));
    if (session.config?.demo !== true) return;
    const sameCaller = session.client === journey.client && session.purpose === journey.purpose;
    if (!sameCaller || !isUsable(session.claims)) session.choose(journey.client, journey.purpose);
  };

  return (
    <>
      <a className="skip" href="#workbench">
        {text('skip')}
      </a>
      <Header environment={session.config?.environment} />
      <Journeys journeys={journeys} current={pick.journey.id} onPick={onPick} />
      <main id="workbench" tabIndex={-1}>
        <Caller session={session} />
        <div className="workbench">
          {/* Mounted once the caller is known, so that the first schema asked for is that caller's. */}
          {(session.config !== undefined || session.problem !== undefined) && (
            <Workbench
              pick={pick}
              token={session.token}
              waiting={session.fetching}
              explains={session.config?.explain === true}
            />
          )}
        </div>
      </main>
    </>
  );
}
