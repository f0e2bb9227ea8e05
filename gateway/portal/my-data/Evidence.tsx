import { useState } from 'react';
import { type Language, useLanguage } from '../app/language.tsx';
import { momentOf } from './days.ts';
import { type Disclosure, fetchProof, type Problem } from './disclosures.ts';
import { check, type Verdict } from './evidence.ts';
import type { Login, Settings } from './login.ts';
import { faults } from './texts.ts';
import { useText } from './useText.ts';

export interface EvidenceProps {
  readonly disclosure: Disclosure;
  readonly asker: { readonly settings: Settings; readonly login: Login; readonly language: Language };
  readonly onExpired: () => void;
}

interface Checked {
  readonly verdict: Verdict;
  readonly proof: unknown;
}

const jwksOf = async (): Promise<unknown> => {
  const response = await fetch('/.well-known/jwks.json');
  if (!response.ok) throw new Error('the keys are not there');
  return response.json();
};

/** Fetches the evidence of one entry, checks it here, and says in plain words what that shows. */
export function Evidence({ disclosure, asker, onExpired }: EvidenceProps) {
  const text = useText();
  const [checking, setChecking] = useState(false);
  const [checked, setChecked] = useState<Checked>();
  const [problem, setProblem] = useState<Problem>();

  const run = async () => {
    setChecking(true);
    setProblem(undefined);
    setChecked(undefined);
    try {
      const answer = await fetchProof(asker, disclosure.id);
      if ('problem' in answer) {
        if (answer.problem === 'expired') return onExpired();
        return setProblem(answer.problem);
      }
      setChecked({ proof: answer.proof, verdict: await check(disclosure, answer.proof, await jwksOf()) });
    } catch {
      setProblem('unreachable');
    } finally {
      setChecking(false);
    }
  };

  return (
    <div className="evidence">
      <p>
        <button type="button" disabled={checking} onClick={() => void run()}>
          {text(checking ? 'checking' : 'check')}
        </button>
        {checked !== undefined && checked.verdict.kind !== 'unsigned' && (
          <button type="button" onClick={() => save(disclosure.id, checked.proof)}>
            {text('save')}
          </button>
        )}
      </p>
      <div role="status">
        {checked !== undefined && <Outcome verdict={checked.verdict} />}
        {problem !== undefined && (
          <p className="verdict" data-kind="unsigned">
            {typeof problem === 'object' ? problem.said : text(problem)}
          </p>
        )}
      </div>
    </div>
  );
}

function Outcome({ verdict }: { readonly verdict: Verdict }) {
  const text = useText();
  const { language } = useLanguage();
  switch (verdict.kind) {
    case 'true':
      return (
        <div className="verdict" data-kind="true">
          <p>
            <strong>✓ {text('proven')}</strong> {text('provenWhat')}
          </p>
          <dl>
            <div>
              <dt>{text('place')}</dt>
              <dd>
                {verdict.seq + 1} / {verdict.size}
              </dd>
            </div>
            <div>
              <dt>{text('signedAt')}</dt>
              <dd>{momentOf(verdict.signed)}</dd>
            </div>
            <div>
              <dt>{text('key')}</dt>
              <dd>
                <code>{verdict.kid}</code>
              </dd>
            </div>
          </dl>
          <p className="hint">{text('notProven')}</p>
        </div>
      );
    case 'unsigned':
    case 'unable':
    case 'other':
      return (
        <p className="verdict" data-kind={verdict.kind}>
          {text(verdict.kind)}
        </p>
      );
    case 'false':
      return (
        <p className="verdict" data-kind="false">
          <strong>✗ {text('unproven')}</strong> {faults[verdict.fault][language]} {text('unprovenThen')}{' '}
          <span className="hint">
            {text('faultCode')}: <code>{verdict.fault}</code>
          </span>
        </p>
      );
  }
}

/** As a file of its own (docs/ledger.md §7): whoever is shown it needs neither this page nor its gateway. */
const save = (id: string, proof: unknown): void => {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(proof, null, 2)}\n`], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `lienthong-${id}.json`;
  link.click();
  URL.revokeObjectURL(url);
};
