import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import type { Delegation } from '../../../../core/approvals/delegation';
import { changesApprovals } from '../../../../core/ports/approvalSystem';
import { BridgeError } from '../../../../core/ports/errors';
import { delegations, keepDelegation } from '../../../../core/store/delegations';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { stateStoreProperty } from '../../../shared/stateStore';
import { approvalSystemOf } from '../../approvalSystems';

export const description: INodeProperties[] = shownFor('delegation', 'end', [
	{
		displayName: 'Which',
		name: 'which',
		type: 'options',
		options: [
			{
				name: 'All That Have Expired',
				value: 'expired',
				description: 'For a schedule: tidies up what no longer holds',
			},
			{ name: 'One, Before Its Time', value: 'one' },
		],
		default: 'expired',
	},
	{
		displayName: 'Delegation',
		name: 'delegation',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 3f0c6a1e-8d4b-4c52-9a57-0b6f0f5c2d11',
		description: 'The ID that Grant and Get Many give',
		displayOptions: { show: { which: ['one'] } },
	},
	{
		displayName: 'Ended By',
		name: 'endedBy',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. gu.jianguo',
		displayOptions: { show: { which: ['one'] } },
	},
	stateStoreProperty,
]);

const Parameters = z.object({
	system: z.string(),
	which: z.enum(['expired', 'one']),
	delegation: z.string().trim().optional(),
	endedBy: z.string().trim().optional(),
});

/** Takes the deputies' bindings and open tasks away, reads that back, and keeps by whom and when. Safe to repeat. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { system, which, delegation: id, endedBy } = context.parameters(Parameters, index);
		const approvals = await approvalSystemOf(context.functions, system);
		if (!changesApprovals(approvals)) throw context.invalid(`${system} takes no deputies.`);
		const now = new Date().toISOString();
		const granted = (await delegations(database)).filter(
			(one) => one.state === 'granted' && one.system === approvals.system,
		);
		const wanted = granted.filter((one) => (which === 'expired' ? one.until <= now : one.id === id));
		if (which === 'one' && wanted.length === 0)
			throw context.invalid(`There is no delegation "${id ?? ''}" that holds. Nothing was changed.`, id);
		const ended: Array<Delegation & { problem?: string }> = [];
		for (const delegation of wanted) {
			const later = granted.some(
				(other) =>
					other.id !== delegation.id &&
					other.position === delegation.position &&
					other.deputy === delegation.deputy &&
					other.until > now,
			);
			// Named again meanwhile: the binding is that of the later delegation.
			try {
				if (!later) await approvals.unbindDeputy(delegation.position, delegation.deputy);
			} catch (error) {
				if (which === 'one' || !(error instanceof BridgeError)) throw error;
				// Those that did end are told; this one stays granted here, and the next run tries again.
				ended.push({ ...delegation, problem: error.message });
				continue;
			}
			const end: Delegation = {
				...delegation,
				state: 'ended',
				endedAt: now,
				endedBy: which === 'expired' ? 'expiry' : (endedBy ?? ''),
			};
			await keepDelegation(database, end, Date.now());
			ended.push(end);
		}
		return ended;
	});
}
