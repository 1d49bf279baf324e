import type { AccessRequest, PolicySet } from '../../core/access/decisions/engine';

/**
 * Sensitive operations of a group of companies, ten rules to each: whose department and rank may do it, in which regions, up
 * to which amount, at what time of day and from which network; and what nobody may.
 */
export interface Rule {
	id: string;
	operation: string;
	effect: 'permit' | 'forbid';
	department?: string;
	/** at least */
	rank?: number;
	/** of the record */
	regions?: string[];
	/** at most, in cents */
	amount?: number;
	/** minutes of the day: from, and before */
	hours?: [number, number];
	network?: Network;
	/** forbids what the employee's state is other than this */
	state?: string;
	/** forbids one's own record */
	own?: boolean;
	/** forbids more than this, in cents, without a second approver */
	aloneUpTo?: number;
}

interface Network {
	text: string;
	first: number;
	last: number;
}

/** A request before it is put into the form that an engine takes. */
export interface Question {
	operation: string;
	employee: { id: string; department: string; rank: number; region: string; state: string };
	record: { id: string; region: string; owner: string };
	amount: number;
	minute: number;
	address: string;
	approver: boolean;
}

const DEPARTMENTS = ['Sales', 'Finance', 'Purchasing', 'Warehouse', 'HR', 'IT', 'Audit', 'Production'];
const REGIONS = ['East', 'South', 'North', 'West', 'Overseas'];
const NETWORKS: Network[] = [
	network('10.0.0.0/8', 10),
	network('172.16.0.0/16', 172, 16),
	network('192.168.0.0/16', 192, 168),
];
export const RULES_PER_OPERATION = 10;

export function rulesOf(count: number): Rule[] {
	const draw = generator(7);
	return Array.from({ length: count }, (_, place) => {
		const operation = operationOf(Math.floor(place / RULES_PER_OPERATION));
		const id = `rule-${place}`;
		const kind = place % RULES_PER_OPERATION;
		if (kind === 7) return { id, operation, effect: 'forbid', state: 'active' };
		if (kind === 8) return { id, operation, effect: 'forbid', own: true };
		if (kind === 9) return { id, operation, effect: 'forbid', aloneUpTo: 500_000 + draw(10) * 100_000 };
		return {
			id,
			operation,
			effect: 'permit',
			department: pick(DEPARTMENTS, draw(DEPARTMENTS.length)),
			rank: 1 + draw(6),
			regions: REGIONS.filter(() => draw(3) > 0),
			amount: (1 + draw(50)) * 1_000_000,
			hours: [60 * (6 + draw(4)), 60 * (16 + draw(6))],
			network: pick(NETWORKS, draw(NETWORKS.length)),
		};
	});
}

export function questionsOf(policies: number, count: number): Question[] {
	const draw = generator(11);
	const operations = Math.max(1, Math.floor(policies / RULES_PER_OPERATION));
	return Array.from({ length: count }, () => {
		const employee = `E-${draw(5000)}`;
		return {
			operation: operationOf(draw(operations)),
			employee: {
				id: employee,
				department: pick(DEPARTMENTS, draw(DEPARTMENTS.length)),
				rank: 1 + draw(9),
				region: pick(REGIONS, draw(REGIONS.length)),
				state: draw(20) === 0 ? 'on leave' : 'active',
			},
			record: {
				id: `R-${draw(100_000)}`,
				region: pick(REGIONS, draw(REGIONS.length)),
				owner: draw(10) === 0 ? employee : `E-${draw(5000)}`,
			},
			amount: draw(3_000_000),
			minute: draw(24 * 60),
			address: `${pick(['10.1', '172.16', '192.168', '8.8'], draw(4))}.${draw(20)}.${draw(250)}`,
			approver: draw(3) > 0,
		};
	});
}

function operationOf(place: number): string {
	return `operation-${place}`;
}

function network(text: string, first: number, second?: number): Network {
	const start = second === undefined ? first * 2 ** 24 : first * 2 ** 24 + second * 2 ** 16;
	return { text, first: start, last: start + (second === undefined ? 2 ** 24 : 2 ** 16) - 1 };
}

/** For Cedar, and for the compiled engine. */
export function cedarPolicies(rules: readonly Rule[]): PolicySet {
	return { staticPolicies: Object.fromEntries(rules.map((rule) => [rule.id, cedarText(rule)])) };
}

function cedarText(rule: Rule): string {
	const conditions = [
		rule.department && `principal.department == "${rule.department}"`,
		rule.rank && `principal.rank >= ${rule.rank}`,
		rule.regions && `[${rule.regions.map((region) => `"${region}"`).join(', ')}].contains(resource.region)`,
		rule.amount && `context.amount.lessThanOrEqual(decimal("${decimal(rule.amount)}"))`,
		rule.hours &&
			`context.now.toTime() >= duration("${rule.hours[0]}m") && context.now.toTime() < duration("${rule.hours[1]}m")`,
		rule.network && `context.address.isInRange(ip("${rule.network.text}"))`,
		rule.state && `principal.state != "${rule.state}"`,
		rule.own && 'resource.owner == principal',
		rule.aloneUpTo &&
			`context.amount.greaterThan(decimal("${decimal(rule.aloneUpTo)}")) && !context.approved`,
	].filter((condition) => typeof condition === 'string');
	return `${rule.effect}(principal, action == Action::"${rule.operation}", resource) when { ${conditions.join(' && ')} };`;
}

function decimal(cents: number): string {
	return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

export function cedarRequest({
	operation,
	employee,
	record,
	amount,
	minute,
	address,
	approver,
}: Question): AccessRequest {
	const { id, ...attributes } = employee;
	const principal = { type: 'Employee', id };
	const resource = { type: 'Record', id: record.id };
	const clock = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
	return {
		principal,
		action: { type: 'Action', id: operation },
		resource,
		context: {
			amount: { __extn: { fn: 'decimal', arg: decimal(amount) } },
			now: { __extn: { fn: 'datetime', arg: `2026-11-25T${clock}:00Z` } },
			address: { __extn: { fn: 'ip', arg: address } },
			approved: approver,
		},
		entities: [
			{ uid: principal, attrs: attributes, parents: [{ type: 'Department', id: employee.department }] },
			{
				uid: resource,
				attrs: { region: record.region, owner: { __entity: { type: 'Employee', id: record.owner } } },
				parents: [],
			},
		],
	};
}

/** Whole numbers from 0 up to a limit, the same in every run. */
export function generator(seed: number): (limit: number) => number {
	let state = seed;
	return (limit) => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * limit);
	};
}

export function pick<T>(values: readonly T[], place: number): T {
	const value = values[place];
	if (value === undefined) throw new Error('There is nothing to pick from.');
	return value;
}
