import { decide, type DecisionChoices } from './decide';
import type { LivePolicies } from './livePolicies';
import { LoggedDecision, questionOf } from './logged';

/** A decision that would come out differently. */
export interface Flip {
	/** in the decision log, where it came from there */
	position?: number;
	/** ISO 8601 */
	at: string;
	subject: string;
	operation: string;
	resource: string;
	was: 'permit' | 'deny';
	/** `undecidable`: the changed policies ask for an attribute that was not kept */
	becomes: 'permit' | 'deny' | 'undecidable';
	/** policies that decide now */
	policies: string[];
	/** attributes that were not kept */
	missing: string[];
}

export interface Simulation {
	replayed: number;
	unchanged: number;
	newlyPermitted: number;
	newlyDenied: number;
	/** decisions that the changed policies could not be asked about with what the log has kept */
	undecidable: number;
	/** decisions that no policy made: the request could not be read, or a system was away */
	skipped: number;
	/** records that are no decisions */
	unreadable: number;
	/** by operation: how many flip */
	byOperation: Record<string, { newlyPermitted: number; newlyDenied: number; undecidable: number }>;
	/** the first of them, in order */
	flips: Flip[];
}

/** Replays decisions, one after the other, against policies that were not published. */
export class Replay {
	readonly result: Simulation = {
		replayed: 0,
		unchanged: 0,
		newlyPermitted: 0,
		newlyDenied: 0,
		undecidable: 0,
		skipped: 0,
		unreadable: 0,
		// Without a prototype: a file may name an operation "__proto__".
		byOperation: Object.create(null) as Simulation['byOperation'],
		flips: [],
	};

	constructor(
		private readonly live: LivePolicies,
		private readonly choices: DecisionChoices,
		private readonly mostFlips: number,
	) {}

	/** `record`: a decision as the log has it. */
	add(record: unknown): void {
		const parsed = LoggedDecision.safeParse(record);
		if (!parsed.success) {
			this.result.unreadable += 1;
			return;
		}
		const logged = parsed.data;
		const { result } = this;
		if (['malformed', 'peopleUnavailable'].includes(logged.reason)) {
			result.skipped += 1;
			return;
		}
		result.replayed += 1;
		const now = decide(questionOf(logged), this.live, this.choices);
		const missing = now.attributes.filter(({ problem }) => problem === 'missing');
		const wasMissing = new Set(logged.problems?.map(({ attribute }) => attribute));
		// What was missing then is missing now; what is missing only now was perhaps known, and not kept.
		const notKept = missing
			.map(({ attribute }) => attribute)
			.filter((attribute) => !wasMissing.has(attribute));
		const becomes = notKept.length > 0 && logged.reason !== 'attributes' ? 'undecidable' : now.outcome;
		if (becomes === logged.outcome) {
			result.unchanged += 1;
			return;
		}
		const kind =
			becomes === 'undecidable' ? becomes : becomes === 'permit' ? 'newlyPermitted' : 'newlyDenied';
		result[kind] += 1;
		const counted = (result.byOperation[logged.operation] ??= {
			newlyPermitted: 0,
			newlyDenied: 0,
			undecidable: 0,
		});
		counted[kind] += 1;
		if (result.flips.length >= this.mostFlips) return;
		const { position } = record as { position?: unknown };
		result.flips.push({
			...(typeof position === 'number' ? { position } : {}),
			at: new Date(logged.at).toISOString(),
			subject: logged.subject,
			operation: logged.operation,
			resource: logged.resource,
			was: logged.outcome,
			becomes,
			policies: now.policies,
			missing: notKept,
		});
	}
}
