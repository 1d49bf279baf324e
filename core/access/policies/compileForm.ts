import { textOf } from './cedarText';
import type { PolicyForm } from './form';
import {
	all,
	any,
	call,
	compare,
	entity,
	field,
	has,
	literal,
	not,
	setOf,
	variable,
	type Expression,
	type PolicyJson,
} from './policyJson';

const principal = variable('principal');
const resource = variable('resource');
const context = variable('context');
export const approver = field(context, 'secondApprover');

/** The form as Cedar text. */
export function compileForm(form: PolicyForm): string {
	return textOf(formToJson(form));
}

/** Each condition is a clause of its own, so that a reader sees them one by one. */
export function formToJson(form: PolicyForm): PolicyJson {
	return {
		effect: form.effect,
		principal: { op: 'All' },
		action: actionOf(form.operations),
		resource: { op: 'All' },
		conditions: conditionsOf(form).map(({ body }) => ({ kind: 'when', body })),
		...(form.description === undefined ? {} : { annotations: { description: form.description } }),
	};
}

function actionOf(operations: string[]): PolicyJson['action'] {
	const [first, ...others] = operations.map((id) => ({ type: 'Action', id }));
	if (first === undefined) return { op: 'All' };
	return others.length === 0 ? { op: '==', entity: first } : { op: 'in', entities: [first, ...others] };
}

/** One condition of a form, with the field that it comes from. */
export interface FormCondition {
	field: keyof PolicyForm;
	body: Expression;
}

export function conditionsOf(form: PolicyForm): FormCondition[] {
	const conditions: FormCondition[] = [];
	const add = (name: keyof PolicyForm, body: Expression) => conditions.push({ field: name, body });
	const oneOf = (name: 'positions' | 'regions' | 'states', attribute: string) => {
		if (form[name].length > 0) add(name, isOneOf(form[name], field(principal, attribute)));
	};
	if (form.departments.length > 0)
		add(
			'departments',
			compare('in', principal, setOf(form.departments.map((id) => entity('Department', id)))),
		);
	oneOf('positions', 'position');
	oneOf('regions', 'region');
	oneOf('states', 'state');
	const rank = field(principal, 'rank');
	if (form.rankFrom !== undefined) add('rankFrom', compare('>=', rank, literal(form.rankFrom)));
	if (form.rankTo !== undefined) add('rankTo', compare('<=', rank, literal(form.rankTo)));
	if (form.addresses !== undefined) {
		const ranges = any(
			form.addresses.ranges.map((range) =>
				call('isInRange', field(context, 'ip'), call('ip', literal(range))),
			),
		);
		add('addresses', form.addresses.when === 'inside' ? ranges : not(ranges));
	}
	if (form.hours !== undefined) add('hours', hoursOf(form.hours));
	if (form.currency !== undefined)
		add('currency', compare('==', field(context, 'currency'), literal(form.currency)));
	const amount = field(context, 'amount');
	if (form.amountAbove !== undefined)
		add('amountAbove', call('greaterThan', amount, decimal(form.amountAbove)));
	if (form.amountUpTo !== undefined)
		add('amountUpTo', call('lessThanOrEqual', amount, decimal(form.amountUpTo)));
	if (form.own !== 'any')
		add('own', compare(form.own === 'own' ? '==' : '!=', field(resource, 'owner'), principal));
	if (form.secondApprover !== undefined) {
		const { when, rankFrom, states } = form.secondApprover;
		const given = all([
			has(context, 'secondApprover'),
			compare('!=', approver, principal),
			...(rankFrom === undefined ? [] : [compare('>=', field(approver, 'rank'), literal(rankFrom))]),
			...(states.length === 0 ? [] : [isOneOf(states, field(approver, 'state'))]),
		]);
		add('secondApprover', when === 'given' ? given : not(given));
	}
	return conditions;
}

function isOneOf(values: string[], attribute: Expression): Expression {
	return compare('contains', setOf(values.map((value) => literal(value))), attribute);
}

function decimal(amount: string): Expression {
	return call('decimal', literal(amount.includes('.') ? amount : `${amount}.0`));
}

/** `08:30` is 510. */
export function minuteOf(time: string): number {
	const [hours = 0, minutes = 0] = time.split(':').map(Number);
	return hours * 60 + minutes;
}

function hoursOf({ zone, weekdays, from, to, when }: NonNullable<PolicyForm['hours']>): Expression {
	const clock = field(field(context, 'time'), zone);
	const minute = field(clock, 'minute');
	const [start, end] = [minuteOf(from), minuteOf(to)];
	const isAfter = compare('>=', minute, literal(start));
	const isBefore = compare('<', minute, literal(end));
	const hours = start < end ? all([isAfter, isBefore]) : any([isAfter, isBefore]);
	const days = compare('contains', setOf(weekdays.map((day) => literal(day))), field(clock, 'weekday'));
	const inside = weekdays.length === 0 ? hours : all([days, hours]);
	return when === 'inside' ? inside : not(inside);
}
