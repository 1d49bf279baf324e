import { ValidationError } from '../../ports/errors';
import { countTraffic } from '../../store/syncTraffic';
import { readOnDemand, type OnDemandAnswer, type OnDemandRead } from './readOnDemand';
import { ruleFor, type SyncPolicy } from './syncPolicy';

export interface Pull extends Omit<OnDemandRead, 'timeToLiveMs'> {
	policyName: string;
	policy: SyncPolicy;
}

/** Records on demand as the policy allows it, by key, and counted. */
export async function pullRecords(pull: Pull): Promise<Map<string, OnDemandAnswer>> {
	const { policyName, policy, entity, connector, database, clock = Date.now } = pull;
	const { sync, timeToLive } = ruleFor(policy, entity);
	if (sync === 'none') {
		throw new ValidationError(
			`The sync policy "${policyName}" does not let ${entity} of ${connector.system} be read on demand. Set it to "pull" in the policy, or read it with the node of its system.`,
			{ system: connector.system, entity },
		);
	}
	const { answers, requests } = await readOnDemand({ ...pull, timeToLiveMs: timeToLive * 1_000 });
	const from = (which: string) =>
		[...answers.values()].filter((answer) => 'from' in answer && answer.from === which).length;
	const traffic = { reads: answers.size, requests, fromCache: from('cache'), shared: from('shared') };
	await countTraffic(database, policyName, new Map([[entity, traffic]]), clock());
	return answers;
}
