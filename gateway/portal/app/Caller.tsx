import type { Bilingual } from '../journeys/catalogue.ts';
import { CopyButton } from './CopyButton.tsx';
import type { Claims } from './claims.ts';
import { Expiry } from './Expiry.tsx';
import { OwnToken } from './OwnToken.tsx';
import { Scopes } from './Scopes.tsx';
import type { Session } from './session.ts';
import { legalBasisNames, purposeNames, type texts } from './texts.ts';
import { useText } from './useText.ts';

function Pickers({ session }: { readonly session: Session }) {
  const text = useText();
  const clients = session.config?.clients ?? [];
  const purposes = clients.find(({ id }) => id === session.client)?.purposes ?? [];
  const pasted = session.token !== undefined && session.client === undefined;
  return (
    <>
      <label>
        <span>{text('client')}</span>
        <select
          name="client"
          value={session.client ?? ''}
          onChange={(event) => session.choose(event.target.value === '' ? undefined : event.target.value)}
        >
          <option value="">{text(pasted ? 'ownTokenOption' : 'anonymous')}</option>
          {clients.map(({ id, name }) => (
            <option key={id} value={id}>
              {text(name)} ({id})
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{text('purpose')}</span>
        <select
          name="purpose"
          value={session.purpose ?? ''}
          disabled={purposes.length === 0}
          onChange={(event) => session.choose(session.client, event.target.value)}
        >
          {purposes.map(({ code }) => {
            const name = purposeNames[code];
            return (
              <option key={code} value={code}>
                {name === undefined ? code : `${code} · ${text(name)}`}
              </option>
            );
          })}
        </select>
      </label>
    </>
  );
}

function ClaimList({ claims }: { readonly claims: Claims }) {
  const text = useText();
  const named = (code: string | undefined, names: Readonly<Record<string, Bilingual>>): string | undefined => {
    const name = code === undefined ? undefined : names[code];
    return name === undefined ? code : `${code} · ${text(name)}`;
  };
  const rows: readonly (readonly [keyof typeof texts, string | undefined])[] = [
    ['client', claims.clientId],
    ['organisation', claims.org],
    ['purpose', named(claims.purpose, purposeNames)],
    ['legalBasis', named(claims.legalBasis, legalBasisNames)],
    ['dossier', claims.caseId],
  ];
  return (
    <dl className="claims">
      {rows.map(([label, value]) =>
        value === undefined ? null : (
          <div key={label}>
            <dt>{text(label)}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
      <div className="claim-scopes">
        <dt>{text('scopes')}</dt>
        <dd>
          <Scopes scopes={claims.scopes} />
        </dd>
      </div>
    </dl>
  );
}

/** Who asks: the pickers of demo clients, the token's claims and how long it lasts. */
export function Caller({ session }: { readonly session: Session }) {
  const text = useText();
  const { client, purpose, claims, token } = session;
  return (
    <section className="caller" aria-label={text('caller')}>
      <div className="caller-bar">
        {session.config?.demo === true && <Pickers session={session} />}
        {client !== undefined && (
          <button
            type="button"
            className="primary"
            disabled={session.fetching}
            onClick={() => session.choose(client, purpose)}
          >
            {text(session.fetching ? 'fetching' : 'renew')}
          </button>
        )}
        {token !== undefined && <CopyButton label="copy" value={token} />}
        <OwnToken onUse={session.paste} />
        {claims?.expiresAt !== undefined && <Expiry at={claims.expiresAt} />}
      </div>
      {session.problem !== undefined && (
        <p className="problem" role="alert">
          {text(session.problem)}
        </p>
      )}
      {claims !== undefined && <ClaimList claims={claims} />}
      {token === undefined && !session.fetching && <p className="hint">{text('noToken')}</p>}
    </section>
  );
}
