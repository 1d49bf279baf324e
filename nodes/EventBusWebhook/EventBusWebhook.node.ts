import {
	NodeConnectionTypes,
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { z } from 'zod/v4';

import { readEventRequest } from '../../connectors/https/eventRequest';
import { signInProblem, WebhookSignIn } from '../../connectors/https/signIn';
import { Inbox } from '../../core/events/inbox';
import { readEvents, receiveEvents, type ReceivedEvent } from '../../core/events/reception';
import { problems } from '../../core/model/problems';
import { DeliveryOptions, deliveryProperties, dispatchOptions } from '../shared/deliveryOptions';
import { deliver, offerTo } from '../shared/eventDelivery';
import { receiverTest } from '../shared/receiverTest';
import { stateStore, stateStoreCredential, stateStoreProperty } from '../shared/stateStore';
import { credentialsProperty } from '../shared/systems';

const Parameters = z.object({ stateStore: z.string(), options: DeliveryOptions });

// There is nowhere to register: whoever sends events is told the address by a person.
// eslint-disable-next-line @n8n/community-nodes/webhook-lifecycle-complete
export class EventBusWebhook implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Event Bus Webhook',
		name: 'eventBusWebhook',
		icon: { light: 'file:eventBusWebhook.svg', dark: 'file:eventBusWebhook.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: 'CloudEvents over HTTPS',
		description:
			'Starts the workflow on business events that are posted over HTTPS: checked, stored, answered, then handed over in order per record',
		defaults: { name: 'Event Bus Webhook' },
		eventTriggerDescription: 'Waiting for you to post an event to the Test URL',
		activationMessage:
			'Events posted to the Production URL are now stored and handed to this workflow in order per record.',
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'Click "Execute step" and post events to the Test URL to see them here; they are not stored. Publish the workflow and use the Production URL to process events.',
				active:
					'Events are being processed. Under load one execution carries many events: each is an item of its own.',
			},
			activationHint: 'Once the workflow is published, an event that was answered with 2xx is not lost.',
		},
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'erpBridgeWebhookApi', required: true, testedBy: 'receiverTest' },
			stateStoreCredential,
		],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'events' }],
		properties: [
			credentialsProperty,
			{
				displayName:
					'Post CloudEvents here: one as application/cloudevents+json, or many as application/cloudevents-batch+json. An answer of 2xx says that all of them are stored.',
				name: 'webhookNotice',
				type: 'notice',
				default: '',
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

	methods = { credentialTest: { receiverTest } };

	/** Hands over what the webhook stores, here or in another process. */
	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const parsed = Parameters.safeParse({
			stateStore: this.getNodeParameter('stateStore'),
			options: this.getNodeParameter('options'),
		});
		if (!parsed.success)
			throw new NodeOperationError(this.getNode(), `Wrong parameter: ${problems(parsed.error)}`);
		await signInOf(this);
		if (this.getMode() === 'manual') return { manualTriggerFunction: async () => emitShown(this) };
		const { stateStore: storeChoice, options } = parsed.data;
		const inbox = new Inbox(await stateStore(this, storeChoice), consumerOf(this));
		const delivery = deliver(this, inbox, dispatchOptions(options));
		return { closeFunction: async () => await delivery.close() };
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const request = this.getRequestObject();
		if (request.rawBody === undefined) await request.readRawBody();
		// No body at all leaves none to read.
		const body = (request.rawBody as Buffer | undefined) ?? Buffer.alloc(0);
		const headers = Object.fromEntries(
			Object.entries(this.getHeaderData()).map(([name, value]) => [
				name.toLowerCase(),
				Array.isArray(value) ? value.join(', ') : value,
			]),
		);
		const answer = (status: number, content: object, more: Record<string, string> = {}) => {
			this.getResponseObject().status(status).set(more).json(content);
			return { noWebhookResponse: true };
		};

		const problem = signInProblem(await signInOf(this), { headers, body }, Date.now());
		if (problem !== undefined) return answer(401, { error: problem }, { 'www-authenticate': 'Bearer' });
		const read = readEventRequest(headers, body);
		if ('status' in read) return answer(read.status, { error: read.reason });
		const reading = readEvents(read.events);
		const { refused } = reading;
		if (this.getMode() === 'manual') {
			const shown = reading.events.map(({ event }) => ({ json: event as unknown as IDataObject }));
			shownInEditor.set(consumerOf(this), shown);
			answer(statusFor(refused), {
				results: refused,
				test: 'The events are shown in the editor and not stored.',
			});
			return { noWebhookResponse: true, ...(shown.length === 0 ? {} : { workflowData: [shown] }) };
		}
		try {
			const inbox = new Inbox(
				await stateStore(this, String(this.getNodeParameter('stateStore'))),
				consumerOf(this),
			);
			const { results, stored } = await receiveEvents(inbox, reading, Date.now());
			offerTo(inbox.consumer, stored);
			return answer(statusFor(refused), { ...errorFor(refused), results });
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			this.logger.warn(`${this.getNode().name}: events could not be stored and were not accepted: ${reason}`);
			return answer(
				503,
				{ error: 'The events could not be stored; send them again.' },
				{ 'retry-after': '5' },
			);
		}
	}
}

/** Events posted to the Test URL, until n8n runs the node by hand: a node with a trigger is asked again what it gives. */
const shownInEditor = new Map<string, INodeExecutionData[]>();

function emitShown(context: ITriggerFunctions): void {
	const consumer = consumerOf(context);
	const shown = shownInEditor.get(consumer);
	shownInEditor.delete(consumer);
	if (shown === undefined)
		throw new NodeOperationError(context.getNode(), 'No event was posted to the Test URL.');
	context.emit([shown]);
}

/** One event that is refused makes the whole answer a refusal, so that no sender takes it for stored. */
function statusFor(refused: ReceivedEvent[]): number {
	if (refused.length === 0) return 200;
	return refused.every(({ tooLarge }) => tooLarge) ? 413 : 422;
}

function errorFor(refused: ReceivedEvent[]): { error?: string } {
	const [first] = refused;
	if (first === undefined) return {};
	const name = first.id === undefined ? `number ${first.index + 1}` : `"${first.id}"`;
	return {
		error: `${refused.length} of the events refused; the first, ${name}: ${first.reason} Those that "results" shows as stored need not be sent again.`,
	};
}

interface Context {
	getCredentials(type: string): Promise<ICredentialDataDecryptedObject>;
	getNode: ITriggerFunctions['getNode'];
}

/** Without a secret that holds nobody gets in. */
async function signInOf(context: Context): Promise<WebhookSignIn> {
	const parsed = WebhookSignIn.safeParse(await context.getCredentials('erpBridgeWebhookApi'));
	if (parsed.success) return parsed.data;
	throw new NodeOperationError(
		context.getNode(),
		`The credential for events over HTTPS is incomplete: ${problems(parsed.error)}`,
	);
}

function consumerOf(context: Pick<ITriggerFunctions, 'getWorkflow' | 'getNode'>): string {
	return `${context.getWorkflow().id ?? 'unsaved'}/${context.getNode().id}`;
}
