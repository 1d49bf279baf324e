import { createHash } from 'node:crypto';

import Big from 'big.js';

import { normalise } from '../model/decimal';
import type { VarianceDefinition } from './definition';
import type {
	Acceptance,
	CarriedFinding,
	CarriedOver,
	CountAndMoney,
	Finding,
	VarianceClass,
	VarianceSummary,
} from './finding';

/** What is kept of a finding to know it again. */
export interface KeptFinding {
	class: VarianceClass;
	atStake: string;
	fingerprint: string;
	openSince: string;
}

/** An acceptance as it was given. */
export interface GivenAcceptance extends Acceptance {
	fingerprint: string;
}

/** Names a deal whatever its key looks like, in 22 characters. */
export function findingId(key: string[]): string {
	return digest(key);
}

/** Changes when the class or any figure of a side does. */
export function fingerprintOf({ class: name, sides }: Pick<Finding, 'class' | 'sides'>): string {
	return digest([name, Object.entries(sides).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Changes when deals can no longer be known again by their keys: other sides, other key columns, keys levelled otherwise, another currency. */
export function identityOf({ sides, normalise: levelling, currency }: VarianceDefinition): string {
	return digest([sides.map(({ name, columns: { key } }) => [name, key]), levelling, currency]);
}

/** Changes with anything that a comparison keeps to; its name and day are none of that. */
export function definitionPrint({ name: _name, asOf: _day, ...definition }: VarianceDefinition): string {
	return digest(definition);
}

/** How a finding stands on the day of the report, by what was kept of it and what somebody accepted. */
export function standingOf(
	id: string,
	finding: Finding,
	day: string,
	before: KeptFinding | undefined,
	acceptance: GivenAcceptance | undefined,
): CarriedFinding {
	const fingerprint = fingerprintOf(finding);
	if (finding.pending) return { ...finding, id, fingerprint, state: 'pending' };
	const carried: CarriedFinding = {
		...finding,
		id,
		fingerprint,
		state: before === undefined ? 'new' : 'stillOpen',
		openSince: before?.openSince ?? day,
		...(before === undefined || before.fingerprint === fingerprint
			? {}
			: { before: { class: before.class, atStake: before.atStake } }),
	};
	if (acceptance === undefined) return carried;
	const { fingerprint: accepted, ...given } = acceptance;
	if (accepted !== fingerprint) return { ...carried, acceptanceEnded: { ...given, because: 'changed' } };
	if (given.acceptedUntil !== undefined && given.acceptedUntil < day)
		return { ...carried, acceptanceEnded: { ...given, because: 'expired' } };
	return { ...carried, ...given, state: 'accepted' };
}

/** Counts findings and adds up what they have at stake. */
export class Tally {
	private findings = 0;
	private money = new Big('0');

	add({ atStake }: Pick<Finding, 'atStake'>): void {
		this.findings += 1;
		this.money = this.money.plus(atStake);
	}

	get total(): CountAndMoney {
		return { findings: this.findings, atStake: normalise(this.money.toFixed()) };
	}
}

/** What is neither accepted nor pending: all differences when nothing is remembered. */
export function openOf(
	{ different, ambiguous, atStake }: Pick<VarianceSummary, 'different' | 'ambiguous' | 'atStake'>,
	carried: CarriedOver | undefined,
): CountAndMoney {
	const accepted = carried?.kept === true ? carried.states.accepted : { findings: 0, atStake: '0' };
	return {
		findings: different + ambiguous - accepted.findings,
		atStake: normalise(new Big(atStake).minus(accepted.atStake).toFixed()),
	};
}

function digest(content: unknown): string {
	return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22);
}
