import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { WorkflowTemplate } from '../../sandbox/n8n/api';
import { credentialsFor } from '../../sandbox/n8n/credentials';
import { N8nHost } from '../../test/e2e/harness/host';
import type { Mosquitto } from '../../test/peers/mosquitto';

/** Where the events come from and where the reservations go. */
export interface Surroundings {
	broker: Mosquitto;
	warehouse: { url: string; apiKey: string };
}

const env = { EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'none' };
const topics = 'erp/+/salesOrder/#';

/** This package, with its template as it is delivered. */
export async function startOurs(surroundings: Surroundings): Promise<N8nHost> {
	const file = join(__dirname, '../../workflows/order-to-reservation/order-to-reservation.json');
	const template = JSON.parse(await readFile(file, 'utf8')) as WorkflowTemplate;
	return await startWith(template, surroundings, { withPackage: true });
}

/**
 * What n8n offers by itself: its MQTT Trigger with a persistent session, and one HTTP request a message. Our node makes its
 * client id itself; here it is the credential's.
 */
export async function startPeer(surroundings: Surroundings): Promise<N8nHost> {
	return await startWith(peerWorkflow(surroundings.warehouse), surroundings, { withPackage: false }, 'bench');
}

/** Points the nodes at another warehouse; the next execution goes there. */
export async function useWarehouse(host: N8nHost, surroundings: Surroundings, clientId = ''): Promise<void> {
	const { broker, warehouse } = surroundings;
	const addresses = { erp: warehouse.url, wms: warehouse.url, broker };
	for (const credential of credentialsFor(addresses, warehouse.apiKey)) {
		const data = credential.type === 'mqtt' ? { ...credential.data, clientId } : credential.data;
		await host.api.setCredential({ ...credential, data });
	}
}

async function startWith(
	template: WorkflowTemplate,
	surroundings: Surroundings,
	options: { withPackage: boolean },
	clientId?: string,
): Promise<N8nHost> {
	const host = await N8nHost.start({ ...options, env });
	try {
		await useWarehouse(host, surroundings, clientId);
		const { id } = await host.api.importWorkflow(template);
		await host.api.publish(id);
		return host;
	} catch (error) {
		await host.close();
		throw error;
	}
}

function peerWorkflow({ url, apiKey }: Surroundings['warehouse']): WorkflowTemplate {
	return {
		name: 'Order to reservation with n8n alone',
		nodes: [
			{
				id: 'trigger',
				name: 'MQTT Trigger',
				type: 'n8n-nodes-base.mqttTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: { topics: `${topics}:1`, options: { jsonParseBody: true } },
				credentials: { mqtt: { id: 'erpBridgeMqtt0001', name: 'Sandbox broker' } },
			},
			{
				id: 'request',
				name: 'HTTP Request',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				position: [300, 0],
				parameters: {
					method: 'POST',
					url: `${url}/bench/events`,
					sendHeaders: true,
					headerParameters: { parameters: [{ name: 'X-Api-Key', value: apiKey }] },
					sendBody: true,
					specifyBody: 'json',
					jsonBody: '={{ $json.message }}',
					options: {},
				},
			},
		],
		connections: { 'MQTT Trigger': { main: [[{ node: 'HTTP Request', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'none' },
	};
}
