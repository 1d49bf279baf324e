import type { INodeExecutionData } from 'n8n-workflow';

import { formOf } from '../../../../connectors/rest/form';
import { RestSystem } from '../../../../connectors/rest/restSystem';
import type { OperationContext } from '../../../shared/operationContext';

/**
 * The description of a REST system as JSON, and as two nodes to paste onto the canvas: one with the form filled in, one with the
 * JSON. They carry no credential. The system is not called.
 */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const system = await context.connector('erp');
	return await context.forEachItem(async () => {
		if (!(system instanceof RestSystem)) {
			throw context.invalid(`${system.system} needs no description. Choose the system "REST System".`);
		}
		const { description } = system;
		const { name, type, typeVersion } = context.functions.getNode();
		const authentication = context.functions.getNodeParameter('restAuthentication', 0);
		const pasted = (parameters: object): string =>
			JSON.stringify({
				nodes: [
					{
						name,
						type,
						typeVersion,
						position: [0, 0],
						parameters: {
							system: 'rest',
							restAuthentication: authentication,
							resource: 'system',
							...parameters,
						},
					},
				],
				connections: {},
			});
		return [
			{
				description,
				nodeWithForm: pasted({ restDescribedIn: 'form', ...formOf(description) }),
				nodeWithJson: pasted({
					restDescribedIn: 'json',
					restDescription: JSON.stringify(description, null, 2),
				}),
			},
		];
	});
}
