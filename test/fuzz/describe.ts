import { minimise } from './minimise.ts';
import type { Failure, Plan } from './run.ts';
import { attempt, compareEngines, type Finding, type Trial } from './trial.ts';

/** Everything that a reader needs to see one failure again, the operation made small where it can be. */
export const describeFailure = async (failure: Failure, plan: Plan): Promise<string> => {
  const { federation, finding, at, trial: full } = failure;
  const find = async (trial: Trial): Promise<Finding | undefined> =>
    finding.what === 'engines'
      ? compareEngines(federation, trial, finding.faults)
      : (await attempt(federation, trial)).finding;
  const trial = await minimise(federation, full, finding.what, find);
  const { expected, got } = (await find(trial)) ?? finding;
  return [
    `seed ${plan.seed}, schema/operation ${at}: ${finding.what}`,
    ...[...federation.sdl].map(([name, text]) => `--- ${name} (unguarded: ${federation.model.unguarded})\n${text}`),
    `--- caller ${JSON.stringify(trial.caller)}`,
    `--- operation ${trial.operation.operationName ?? ''} ${JSON.stringify(trial.operation.variables)}`,
    full.operation.text,
    `--- made small\n${trial.operation.text}`,
    `--- calls\n${federation.calls.map(({ department, ...call }) => `${department}: ${JSON.stringify(call)}`).join('\n')}`,
    `--- expected\n${expected}`,
    `--- got\n${got}`,
  ].join('\n');
};
