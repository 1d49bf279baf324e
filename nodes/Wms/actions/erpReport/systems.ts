import { ItemResolver } from '../../../../core/crosswalk/itemResolution';
import type { SystemConnector } from '../../../../core/ports/systemConnector';
import { takesFigures, type WarehouseFigures } from '../../../../core/ports/warehouseFigures';
import type { Database } from '../../../../core/store/database';
import type { OperationContext } from '../../../shared/operationContext';

/** The ERP of the chosen system, which must be able to take what a warehouse reports. */
export async function erpFor(context: OperationContext): Promise<SystemConnector & WarehouseFigures> {
	const erp = await context.connector('erp');
	if (takesFigures(erp)) return erp;
	throw context.invalid(
		`${erp.system} keeps its own stock and deliveries and takes no reports of a warehouse. Choose another system.`,
	);
}

const resolvers = new WeakMap<Database, ItemResolver>();

/** One for each state store, so that what it found is remembered between executions. */
export function resolverOf(database: Database): ItemResolver {
	const known = resolvers.get(database) ?? new ItemResolver(database);
	resolvers.set(database, known);
	return known;
}
