import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { grantId } from '../../../../core/model/grant';
import { accessBooks } from '../../../../core/store/accessGrants';
import { returnAllProperties, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('grant', 'getAll', returnAllProperties);

const Parameters = z.object({ returnAll: z.boolean(), limit: z.number().int().min(1).optional() });

/** Who holds what right, with why, since when, until when and by whom where that is known here. One item a grant. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const access = await context.access();
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { returnAll, limit = 50 } = context.parameters(Parameters, index);
		const snapshot = await access.grants();
		const { grants: books } = await accessBooks(database, access.system);
		const booked = new Map(books.map((grant) => [grantId(grant), grant]));
		const accounts = new Map(snapshot.accounts.map((account) => [account.key, account]));
		const rights = new Map(snapshot.rights.map((right) => [right.key, right]));
		const shown = returnAll ? snapshot.grants : snapshot.grants.slice(0, limit);
		return shown.map((grant) => {
			const { login, name, active, employee } = accounts.get(grant.account) ?? {};
			const { name: rightName, administrator } = rights.get(grant.right) ?? {};
			return {
				...grant,
				...booked.get(grantId(grant)),
				...(grant.lastUsedAt === undefined ? {} : { lastUsedAt: grant.lastUsedAt }),
				login,
				accountName: name,
				employee,
				active,
				rightName,
				administrator,
				complete: snapshot.complete,
			};
		});
	});
}
