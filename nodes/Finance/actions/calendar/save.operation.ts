import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { checkOrganisation } from '../../../../core/finance/calendar/booksChange';
import { readOrganisation } from '../../../../core/finance/calendar/readOrganisation';
import { changeBooks } from '../../../../core/store/fiscalBooks';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { By, byProperty, unlessRefused } from '../../bookFields';
import { calendarFields, entityFields, OrganisationForm, organisationOfForm } from './form';

const example = {
	calendars: [{ kind: 'calendarMonths', name: 'Calendar months', firstMonth: 1 }],
	entities: [
		{ id: 'PLANT', name: 'Plant', calendar: 'Calendar months', timeZone: 'Asia/Shanghai', cutOff: '00:00' },
	],
};

export const description: INodeProperties[] = shownFor('calendar', 'save', [
	{
		displayName: 'Calendar From',
		name: 'calendarFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Fields', value: 'fields', description: 'Calendars and legal entities in the form' },
			{ name: 'JSON', value: 'json', description: 'As the operation Get gives it' },
		],
		default: 'fields',
	},
	{ ...calendarFields, displayOptions: { show: { calendarFrom: ['fields'] } } },
	{ ...entityFields, displayOptions: { show: { calendarFrom: ['fields'] } } },
	{
		displayName: 'Definition',
		name: 'definition',
		type: 'json',
		typeOptions: { rows: 12 },
		default: JSON.stringify(example, null, 2),
		required: true,
		displayOptions: { show: { calendarFrom: ['json'] } },
		description: 'Calendars and legal entities as JSON',
	},
	{
		displayName: 'If One Is Saved Already',
		name: 'ifSaved',
		type: 'options',
		options: [
			{
				name: 'Keep It',
				value: 'keep',
				description: 'Nothing changes; for workflows that bring a calendar to start with',
			},
			{ name: 'Replace It', value: 'replace', description: 'This one holds from now on' },
		],
		default: 'replace',
	},
	byProperty,
	{
		displayName: 'Reason',
		name: 'saveReason',
		type: 'string',
		default: '',
		placeholder: 'e.g. The new subsidiary begins in July',
		description: 'Why it changes; kept in the audit trail',
	},
]);

const Parameters = z.object({
	calendarFrom: z.enum(['fields', 'json']),
	calendars: OrganisationForm.shape.calendars,
	entities: OrganisationForm.shape.entities,
	definition: z.union([z.string(), z.looseObject({})]).optional(),
	ifSaved: z.enum(['keep', 'replace']).default('replace'),
	by: By,
	saveReason: z.string().trim().max(500).optional(),
});

/**
 * Saves calendars and legal entities as those that hold from now on. Wrong ones are refused, and the former go on. With "Keep It" the
 * answer is what was saved before.
 */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const parameters = context.parameters(Parameters, index);
		const organisation = readOrganisation(definitionOf(context, parameters));
		const { ifSaved, by, saveReason = '' } = parameters;
		const at = new Date().toISOString();
		const saved = await changeBooks(database, (books) => {
			const acts = books.acts.flatMap((act) => (act.kind === 'organisation' ? [act] : []));
			const holding = acts.at(-1);
			const same = JSON.stringify(books.organisation) === JSON.stringify(organisation);
			if (holding !== undefined && (same || ifSaved === 'keep')) {
				const { at: savedAt, organisation: definition } = holding;
				return { result: { version: acts.length, isNew: false, savedAt, definition } };
			}
			unlessRefused(context, checkOrganisation(books, organisation), 'accounting calendar');
			const reason = saveReason === '' ? {} : { reason: saveReason };
			return {
				act: { kind: 'organisation', organisation, by, at, ...reason },
				result: { version: acts.length + 1, isNew: true, savedAt: at, definition: organisation },
			};
		});
		return [saved];
	});
}

function definitionOf(context: OperationContext, parameters: z.infer<typeof Parameters>): unknown {
	const { calendarFrom, definition, calendars, entities } = parameters;
	if (calendarFrom === 'fields') return organisationOfForm({ calendars, entities });
	if (typeof definition !== 'string') return definition;
	try {
		return JSON.parse(definition) as unknown;
	} catch {
		throw context.invalid('The definition of the accounting calendar is no JSON. Nothing was saved.');
	}
}
