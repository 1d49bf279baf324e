import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { locksOnDay } from '../../../../core/finance/calendar/locksOnDay';
import { lineage } from '../../../../core/finance/calendar/legalEntity';
import { periodContaining } from '../../../../core/finance/calendar/fiscalCalendar';
import { readBooks } from '../../../../core/store/fiscalBooks';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { bookDayOf, Entity, entityProperty, Moment, momentProperty, unlessRefused } from '../../bookFields';

export const description: INodeProperties[] = shownFor('period', 'get', [entityProperty, momentProperty]);

const Parameters = z.object({ entity: Entity, moment: Moment });

/** The period that a moment or a day falls in, and what is closed on that day, by whom and why. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const books = await readBooks(await context.database());
	return await context.forEachItem(async (index) => {
		const { entity: id, moment } = context.parameters(Parameters, index);
		const { entity, date } = bookDayOf(context, books, id, moment);
		const { states, locks } = unlessRefused(context, locksOnDay(books, id, date), id);
		const [own] = lineage(books.organisation, id) ?? [];
		const period = own && periodContaining(own.calendar, date);
		const { calendar, timeZone, cutOff } = entity;
		return [{ entity: id, date, period, calendar, timeZone, cutOff, states, locks }];
	});
}
