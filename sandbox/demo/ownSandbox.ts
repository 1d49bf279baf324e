import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { spawnCompany } from '../company/spawnCompany';
import type { WorkflowTemplate } from '../n8n/api';
import { credentialsFor } from '../n8n/credentials';
import { startN8n, type N8n } from '../n8n/n8n';
import { installPackage, packageTarball } from '../n8n/package';
import { prepareUserFolder, testOwner } from '../n8n/prepared';
import type { ServiceAddresses } from './services';

/** A sandbox company with its broker and an n8n that runs the template, for one demo. */
export interface OwnSandbox extends ServiceAddresses {
	n8n: N8n;
	/** resolves with the reason when the company or n8n has ended */
	ended: Promise<string>;
	/** stops all and deletes the folder, unless ERP_BRIDGE_KEEP is set */
	close(): Promise<void>;
}

const templateFile = resolve(__dirname, '../../workflows/order-to-reservation/order-to-reservation.json');

/** In a temporary folder, on free ports; an empty company. `say` is told what is being done. */
export async function startOwnSandbox(
	say: (what: string) => void = () => undefined,
	signal?: AbortSignal,
): Promise<OwnSandbox> {
	const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-demo-'));
	const stops: Array<() => Promise<unknown>> = [
		async () => {
			if (process.env['ERP_BRIDGE_KEEP']) console.warn(`Kept ${folder}`);
			else await rm(folder, { recursive: true, force: true });
		},
	];
	const close = async (): Promise<void> => {
		for (const stop of stops.splice(0).reverse()) await stop();
	};
	const step = (what: string): void => {
		signal?.throwIfAborted();
		say(what);
	};
	try {
		step('Starting the sandbox company with its MQTT broker');
		const apiKey = randomBytes(18).toString('base64url');
		const company = await spawnCompany({ folder: join(folder, 'company'), apiKey, seed: false, page: false });
		stops.push(() => company.close());

		step('Installing this package into n8n');
		const userFolder = join(folder, 'n8n');
		await prepareUserFolder(userFolder);
		await installPackage(userFolder, await packageTarball(join(folder, 'packed')));
		step('Starting n8n');
		const n8n = await startN8n({ userFolder });
		stops.push(() => n8n.stop());
		await n8n.api.signIn(testOwner);
		for (const credential of credentialsFor(company.addresses, apiKey))
			await n8n.api.setCredential(credential);
		step('Publishing the template "Order to reservation"');
		const template = JSON.parse(await readFile(templateFile, 'utf8')) as WorkflowTemplate;
		const { id } = await n8n.api.importWorkflow(template);
		await n8n.api.publish(id);
		signal?.throwIfAborted();
		const ended = Promise.race([
			n8n.ended.then((how) => `n8n ended (${how}); its log is ${n8n.logFile}`),
			new Promise<string>((done) =>
				company.process.once('exit', (code, by) =>
					done(`The sandbox company ended (${by ?? `exit code ${code}`})`),
				),
			),
		]);
		return { erpUrl: company.addresses.erp, wmsUrl: company.addresses.wms, apiKey, n8n, ended, close };
	} catch (error) {
		await close();
		throw error;
	}
}
