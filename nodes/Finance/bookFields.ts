import type { ILoadOptionsFunctions, INodeListSearchResult, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import type { CalendarDate } from '../../core/finance/calendar/calendarDate';
import { ownStates, unknownEntity } from '../../core/finance/calendar/booksChange';
import { periodContaining, periodsOfYear } from '../../core/finance/calendar/fiscalCalendar';
import { bookDay, lineage, postingDate, type LegalEntity } from '../../core/finance/calendar/legalEntity';
import {
	PostingModule,
	postingModules,
	type Books,
	type Refusal,
} from '../../core/finance/calendar/periodLock';
import { readBooks, type KeptBooks } from '../../core/store/fiscalBooks';
import { fromStateStore, recordKey, recordLocator } from '../shared/fields';
import type { OperationContext } from '../shared/operationContext';
import { stateStore } from '../shared/stateStore';

/** Fields that the operations on the books have in common, and how their values are read. */

export const entityProperty: INodeProperties = {
	...fromStateStore(recordLocator('legal entity', 'entity', 'Legal Entity', 'searchLegalEntities', 'PLANT')),
	description: 'The company whose books it is about, as the accounting calendar names it',
};
export const Entity = recordKey;

export const periodProperty: INodeProperties = {
	...fromStateStore(recordLocator('period', 'period', 'Period', 'searchPeriods', '2026-P03')),
	description: "A period of the legal entity's calendar",
};
export const Period = recordKey;

const moduleNames: Record<PostingModule, string> = {
	assets: 'Assets',
	ledger: 'Ledger',
	purchase: 'Purchase',
	sales: 'Sales',
	stock: 'Stock',
};

export const moduleOptions = Object.entries(moduleNames).map(([value, name]) => ({ name, value }));

export const modulesProperty: INodeProperties = {
	displayName: 'Modules',
	name: 'modules',
	type: 'multiOptions',
	options: moduleOptions,
	default: [...postingModules],
	required: true,
	description: 'What it holds for. Whatever posts also posts into the ledger: a closed ledger closes all.',
};
export const Modules = z.array(PostingModule).min(1, 'choose at least one module');

export const byProperty: INodeProperties = {
	displayName: 'Done By',
	name: 'by',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. ines.weber',
	description:
		'Who does it; kept in the audit trail. Take it from a form or an approval, not from free text.',
};
export const By = z.string().trim().min(1, 'must say who does it').max(200);

export const reasonProperty: INodeProperties = {
	displayName: 'Reason',
	name: 'reason',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. March is closed',
	description: 'Why; whoever is blocked reads it, and it is kept in the audit trail',
};
export const Reason = z.string().trim().min(1, 'must say why').max(500);

export const rolesProperty: INodeProperties = {
	displayName: 'Roles',
	name: 'roles',
	type: 'string',
	default: '',
	placeholder: 'e.g. controller, chief-accountant',
	description: 'Names separated by commas, or a list by expression',
};
export const Roles = z
	.union([z.array(z.string()), z.string()])
	.optional()
	.transform((given = []) =>
		[...new Set((typeof given === 'string' ? given.split(',') : given).map((role) => role.trim()))].filter(
			(role) => role !== '',
		),
	);

/** A moment as an expression or a person gives it: text, or n8n's own date object. */
export const Moment = z.preprocess(asText, z.string().trim().min(1, 'must be a moment or a day'));

export const momentProperty: INodeProperties = {
	displayName: 'Moment or Day',
	name: 'moment',
	type: 'string',
	default: '={{ $now.toISO() }}',
	required: true,
	placeholder: 'e.g. 2026-03-31 or 2026-03-31T23:30:00',
	description:
		"A day of the books is taken as it is. A moment falls on the day of the legal entity's time zone and cut-off; without an offset it is its local time.",
};

function asText(value: unknown): unknown {
	if (value instanceof Date) return value.toISOString();
	if (typeof value === 'object' && value !== null && 'toISO' in value && typeof value.toISO === 'function')
		return String(value.toISO());
	return value;
}

export const fiscalYearProperty: INodeProperties = {
	displayName: 'Fiscal Year',
	name: 'fiscalYear',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 9_999 },
	default: 0,
};
/** A fiscal year; undefined for the one of today. */
export const FiscalYear = z
	.number()
	.int()
	.min(0)
	.max(9_999)
	.transform((year) => (year === 0 ? undefined : year));

/** The answer, or an error with the reason why there is none. */
export function unlessRefused<T extends object>(
	context: OperationContext,
	answer: T | Refusal,
	key: string,
): T {
	if ('refused' in answer) throw context.invalid(answer.refused, key);
	return answer;
}

/** The entity, and the day in its books on which a moment falls. */
export function bookDayOf(
	context: OperationContext,
	{ organisation }: Books,
	id: string,
	moment: string,
): { entity: LegalEntity; date: CalendarDate } {
	const entity = organisation.entities.find((one) => one.id === id);
	if (entity === undefined) throw context.invalid(unknownEntity(organisation, id), id);
	const date = bookDay(entity, moment);
	if (date !== undefined) return { entity, date };
	throw context.invalid(
		`"${moment}" is no moment and no day, so its day in the books of ${id} is not known. Write it as 2026-03-31, 2026-03-31T23:30:00 or 2026-03-31T15:30:00Z.`,
		id,
	);
}

/** The legal entities of the node's state store. */
async function searchLegalEntities(this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
	const { organisation } = await booksOf(this);
	const results = organisation.entities
		.map(({ id, name, calendar }) => ({ name: `${id} · ${name} · ${calendar}`, value: id }))
		.filter(({ name }) => contains(name, filter));
	return { results };
}

const shownStates = { open: '', softClosed: 'soft-closed', hardClosed: 'closed for good' };

/** The periods of the chosen legal entity: of this fiscal year, the one before and the one after. */
async function searchPeriods(this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
	const books = await booksOf(this);
	const id = String(this.getCurrentNodeParameter('entity', { extractValue: true }) ?? '');
	const [own] = lineage(books.organisation, id) ?? [];
	if (own === undefined) return { results: [] };
	const { entity, calendar } = own;
	const today = periodContaining(calendar, postingDate(entity, new Date()));
	const year = today?.year ?? (calendar.kind === 'custom' ? calendar.periods.at(-1)?.year : undefined);
	if (year === undefined) return { results: [] };
	const results = [year, year - 1, year + 1]
		.flatMap((one) => periodsOfYear(calendar, one))
		.map(({ key, from, to }) => {
			const states = new Set(Object.values(ownStates(books, { entity: id, period: key })));
			const state = states.size > 1 ? 'partly closed' : shownStates[[...states][0] ?? 'open'];
			const name = [key, `${from} to ${to}`, state].filter((part) => part !== '').join(' · ');
			return { name, value: key };
		})
		.filter(({ name }) => contains(name, filter));
	return { results };
}

export const bookSearches = { searchLegalEntities, searchPeriods };

export async function booksOf(context: ILoadOptionsFunctions): Promise<KeptBooks> {
	const choice = String(context.getCurrentNodeParameter('stateStore') ?? 'sqlite');
	return await readBooks(await stateStore(context, choice));
}

export function contains(text: string, filter: string): boolean {
	return text.toLowerCase().includes(filter.toLowerCase());
}
