import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { readDrift } from '../../../../core/finance/calendar/pushToLedger';
import { readBooks } from '../../../../core/store/fiscalBooks';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { unlessRefused } from '../../bookFields';
import { ledgerProperties, ledgerQuestion, shownDrift } from './ledgerQuestion';

export const description: INodeProperties[] = shownFor('period', 'findDrift', ledgerProperties);

/** The outputs of the operation, in this order. */
export const outputs = ['In Step', 'Drift'];

/** Compares the calendar with the ledger's own periods and changes nothing. One item for each difference, or one that says that all is in step. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	const ledger = await context.connector('finance');
	const books = await readBooks(await context.database());
	const now = new Date();
	const answered = await context.forEachItem(async (index) => {
		const question = ledgerQuestion(context, index, now);
		const found = unlessRefused(context, await readDrift(ledger, books, question), question.entity);
		const about = { system: found.system, entity: question.entity };
		if (found.drifts.length === 0) return [{ ...about, years: found.years, inStep: found.inStep.length }];
		return found.drifts.map((drift) => ({ ...about, ...shownDrift(drift) }));
	});
	const isInStep = ({ json, error }: INodeExecutionData) => error === undefined && json.inStep !== undefined;
	return [answered.filter(isInStep), answered.filter((item) => !isInStep(item))];
}
