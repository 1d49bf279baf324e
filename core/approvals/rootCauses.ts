import { add } from '../model/decimal';
import type { Diagnosis, Finding, RootCause } from './finding';

/** All documents that one fault holds up. */
export interface CauseGroup {
	cause: RootCause;
	documents: number;
	/** by currency */
	amounts: Record<string, string>;
	/** since when the oldest of them waits */
	oldest: string;
	/** keys of the documents, the one that waits longest first */
	keys: string[];
	/** faults that some of them meet afterwards, each once */
	further: Finding[];
}

/** The largest number of documents first. Documents that merely wait for a decision are in none of the groups. */
export function groupByCause(diagnoses: Diagnosis[]): CauseGroup[] {
	const groups = new Map<string, { cause: RootCause; members: Diagnosis[] }>();
	for (const diagnosis of diagnoses) {
		const { rootCause } = diagnosis;
		if (rootCause === undefined) continue;
		const key = sameFault(rootCause);
		const group = groups.get(key);
		if (group === undefined) groups.set(key, { cause: rootCause, members: [diagnosis] });
		else group.members.push(diagnosis);
	}
	return [...groups.values()]
		.map(({ cause, members }): CauseGroup => {
			const sorted = members.toSorted((a, b) => (a.document.waitingSince < b.document.waitingSince ? -1 : 1));
			return {
				cause,
				documents: members.length,
				amounts: amountsOf(members),
				oldest: sorted[0]?.document.waitingSince ?? '',
				keys: sorted.map(({ document }) => document.key),
				further: [
					...new Map(members.flatMap(({ further }) => further).map((one) => [sameFault(one), one])).values(),
				],
			};
		})
		.sort((a, b) => b.documents - a.documents || (a.oldest < b.oldest ? -1 : 1));
}

export function amountsOf(diagnoses: Diagnosis[]): Record<string, string> {
	const amounts: Record<string, string> = {};
	for (const { document } of diagnoses)
		amounts[document.currency] = add(amounts[document.currency] ?? '0', document.amount);
	return amounts;
}

function sameFault({ code, subject }: Finding): string {
	return JSON.stringify([code, subject.system, subject.entity, subject.key]);
}
