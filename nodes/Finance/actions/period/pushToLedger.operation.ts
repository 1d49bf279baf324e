import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { pushToLedger } from '../../../../core/finance/calendar/pushToLedger';
import { readBooks } from '../../../../core/store/fiscalBooks';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { unlessRefused } from '../../bookFields';
import { eachItem, part, type Parted } from '../../parting';
import { ledgerProperties, ledgerQuestion, shownDrift } from './ledgerQuestion';

export const description: INodeProperties[] = shownFor('period', 'pushToLedger', ledgerProperties);

/** The outputs of the operation, in this order. */
export const outputs = ['In Step', 'Out of Step'];

/**
 * Makes the ledger's own periods what the calendar says, and reads them back. The item tells what was changed and, on the second output,
 * what still differs and what to do. Safe to repeat.
 */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	const ledger = await context.connector('finance');
	const books = await readBooks(await context.database());
	const now = new Date();
	const results = await eachItem(context, async (index): Promise<Parted> => {
		const question = ledgerQuestion(context, index, now);
		const result = unlessRefused(context, await pushToLedger(ledger, books, question), question.entity);
		const { system, years, inStep, drifts, pushed, refusals } = result;
		const open = drifts.map((drift) => {
			const refusal = refusals.get(drift.ledgerPeriod?.key ?? '');
			return { ...shownDrift(drift), ...(refusal === undefined ? {} : { refusal }) };
		});
		const json = { system, entity: question.entity, years, inStep: inStep.length, pushed, open };
		return { output: open.length === 0 ? 0 : 1, json };
	});
	return part(context, outputs, results);
}
