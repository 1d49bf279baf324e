import { operationChoices, type EntityOperation } from '../shared/entityOperations';
import type { ReadEntityText } from '../shared/entityText';
import type { EntityName } from '../../core/ports/systemConnector';
import type { FinanceResource } from './resource';

/** A resource whose records are the ledger system's own, read and written there. */
export function ledgerResource(
	text: ReadEntityText<EntityName>,
	operations: Record<string, EntityOperation>,
	listSearch: FinanceResource['listSearch'],
): FinanceResource {
	return {
		value: text.entity,
		name: text.title,
		defaultOperation: 'get',
		operations: Object.fromEntries(
			operationChoices(text, operations).map(({ value, name, description, action }) => [
				value,
				{ name, description, action, asksFor: ['system'], file: operations[value] as EntityOperation },
			]),
		),
		...(listSearch === undefined ? {} : { listSearch }),
	};
}
