import {
	NodeConnectionTypes,
	NodeOperationError,
	type IDataObject,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';
import { z } from 'zod/v4';

import { problems } from '../../core/model/problems';
import { Inbox } from '../../core/events/inbox';
import type { SystemConnector } from '../../core/ports/systemConnector';
import { ChangeCapture, eventOfChange } from '../../core/events/changeCapture';
import { DeliveryOptions, deliveryProperties, dispatchOptions } from '../shared/deliveryOptions';
import { deliver } from '../shared/eventDelivery';
import { stateStore, stateStoreCredential, stateStoreProperty } from '../shared/stateStore';
import { connectorOf, credentialsProperty, systemCredentials, systemProperty } from '../shared/systems';

const Parameters = z.object({
	system: z.string(),
	entity: z.enum(['salesOrder']),
	interval: z.number().min(1, 'must be at least 1 second').max(86_400),
	startFrom: z.enum(['now', 'beginning']),
	stateStore: z.string(),
	options: DeliveryOptions,
});

/** Longest wait after looks that failed. */
const longestWaitMs = 60_000;

export class ErpTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ERP Trigger',
		name: 'erpTrigger',
		icon: { light: 'file:erpTrigger.svg', dark: 'file:erpTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ "every " + $parameter["interval"] + " s" }}',
		description: 'Starts the workflow when records change in an ERP that sends no events of its own',
		defaults: { name: 'ERP Trigger' },
		eventTriggerDescription: '',
		activationMessage:
			'The ERP is now polled; every change found reaches this workflow, in order per record.',
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [...systemCredentials, stateStoreCredential],
		properties: [
			systemProperty,
			credentialsProperty,
			{
				displayName: 'Entity',
				name: 'entity',
				type: 'options',
				noDataExpression: true,
				options: [{ name: 'Sales Order', value: 'salesOrder' }],
				default: 'salesOrder',
				description: 'Which kind of record to look for changes of',
			},
			{
				displayName: 'Poll Every (Seconds)',
				name: 'interval',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 5,
				noDataExpression: true,
				description: 'How long to wait between two polls; at least 1',
			},
			{
				displayName: 'Start From',
				name: 'startFrom',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Now',
						value: 'now',
						description: 'Only what changes after the workflow is first published',
					},
					{ name: 'The Beginning', value: 'beginning', description: 'Every record once, then its changes' },
				],
				default: 'now',
				description: 'What the first poll reports; later the trigger goes on where it stopped',
			},
			stateStoreProperty,
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: deliveryProperties,
			},
		],
	};

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const names = Object.keys(Parameters.shape);
		const parsed = Parameters.safeParse(
			Object.fromEntries(names.map((name) => [name, this.getNodeParameter(name)])),
		);
		if (!parsed.success) {
			throw new NodeOperationError(this.getNode(), `Wrong parameter: ${problems(parsed.error)}`);
		}
		const { system, entity, interval, startFrom, stateStore: storeChoice, options } = parsed.data;
		const connector = await connectorOf(this, 'erp', system);
		if (this.getMode() === 'manual')
			return { manualTriggerFunction: async () => await emitSample(this, connector) };

		if (this.getActivationMode() !== 'init') await connector.check();
		const database = await stateStore(this, storeChoice);
		const inbox = new Inbox(database, `${this.getWorkflow().id ?? 'unsaved'}/${this.getNode().id}`);
		const delivery = deliver(this, inbox, dispatchOptions(options));
		const capture = new ChangeCapture({ connector, entity, database, inbox, startFrom });
		const looking = lookRepeatedly(
			async () => await capture.look((entries) => delivery.dispatcher.offer(entries)),
			interval * 1_000,
			(problem) => this.logger.warn(`${this.getNode().name}: ${problem}`),
		);
		return {
			async closeFunction() {
				await looking.stop();
				await delivery.close();
			},
		};
	}
}

/** One look after the other, never two at once. A failed look is repeated, later each time. */
function lookRepeatedly(look: () => Promise<number>, intervalMs: number, report: (problem: string) => void) {
	let stopped = false;
	let timer: NodeJS.Timeout | undefined;
	let failures = 0;
	let current = Promise.resolve();
	const next = (wait: number) => {
		if (stopped) return;
		timer = setTimeout(() => {
			current = run();
		}, wait);
	};
	const run = async () => {
		try {
			await look();
			failures = 0;
			next(intervalMs);
		} catch (error) {
			failures += 1;
			const wait = Math.min(Math.max(longestWaitMs, intervalMs), intervalMs * 2 ** Math.min(failures, 10));
			report(
				`${error instanceof Error ? error.message : String(error)} The next look is in ${wait / 1_000} s.`,
			);
			next(wait);
		}
	};
	next(0);
	return {
		async stop() {
			stopped = true;
			clearTimeout(timer);
			await current;
		},
	};
}

/** For "Execute step": the event that the first record of the system would make. */
async function emitSample(context: ITriggerFunctions, connector: SystemConnector): Promise<void> {
	for await (const [record] of connector.list('salesOrder', { pageSize: 1 })) {
		if (record === undefined) continue;
		const change = { key: record.key, changedAt: new Date().toISOString(), record };
		const event = eventOfChange(connector.system, 'salesOrder', change, { sequence: 1, isNew: true });
		context.emit([[{ json: event as unknown as IDataObject }]]);
		return;
	}
	throw new NodeOperationError(context.getNode(), `${connector.system} has no sales order to show.`);
}
