import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { ownStates, unknownEntity } from '../../../../core/finance/calendar/booksChange';
import { periodContaining, periodsOfYear } from '../../../../core/finance/calendar/fiscalCalendar';
import { lineage, postingDate } from '../../../../core/finance/calendar/legalEntity';
import { readBooks } from '../../../../core/store/fiscalBooks';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { Entity, entityProperty, FiscalYear, fiscalYearProperty } from '../../bookFields';

export const description: INodeProperties[] = shownFor('period', 'getAll', [
	entityProperty,
	{ ...fiscalYearProperty, description: '0: the fiscal year of today' },
]);

const Parameters = z.object({ entity: Entity, fiscalYear: FiscalYear });

/** The periods of a fiscal year in order, with the legal entity's own lock for each module. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const books = await readBooks(await context.database());
	const now = new Date();
	return await context.forEachItem(async (index) => {
		const { entity: id, fiscalYear } = context.parameters(Parameters, index);
		const [own] = lineage(books.organisation, id) ?? [];
		if (own === undefined) throw context.invalid(unknownEntity(books.organisation, id), id);
		const { entity, calendar } = own;
		const year = fiscalYear ?? periodContaining(calendar, postingDate(entity, now))?.year;
		const periods = year === undefined ? [] : periodsOfYear(calendar, year);
		if (periods.length === 0)
			throw context.invalid(
				`The calendar "${calendar.name}" of ${id} has no period in ${year ?? 'the fiscal year of today'}.`,
				id,
			);
		return periods.map((period) => ({
			entity: id,
			period,
			states: ownStates(books, { entity: id, period: period.key }),
		}));
	});
}
