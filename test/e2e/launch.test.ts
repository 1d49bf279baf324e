import axios from 'axios';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { N8nApi, type Owner } from '../../sandbox/n8n/api';
import { launchPorts, type LaunchPort } from '../../sandbox/n8n/launch/options';
import { freePort, isFree } from '../../sandbox/n8n/ports';

jest.setTimeout(240_000);

const lastLine = 'npm start goes on with the same data';
let folder: string;
let ports: Record<LaunchPort, number>;
let running: ChildProcess | undefined;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'erp-bridge-launch-'));
	const names = Object.keys(launchPorts) as LaunchPort[];
	const chosen = await Promise.all(names.map(async (name) => [name, await freePort()] as const));
	ports = Object.fromEntries(chosen) as Record<LaunchPort, number>;
});
afterAll(async () => {
	if (running && running.exitCode === null && running.signalCode === null) {
		running.kill('SIGTERM');
		await once(running, 'exit');
	}
	await rm(folder, { recursive: true, force: true });
});

/** What `npm start` runs once all is installed. Resolves with what it printed when it is up, or has ended. */
async function launch(): Promise<{ printed: string; process: ChildProcess }> {
	const flags = Object.entries(ports).flatMap(([name, port]) => [`--${name}-port`, String(port)]);
	const child = spawn(
		process.execPath,
		[
			'--import',
			pathToFileURL(require.resolve('tsx')).href,
			resolve(__dirname, '../../sandbox/n8n/launch.ts'),
			...['--folder', folder, ...flags],
		],
		{ stdio: ['pipe', 'pipe', 'pipe'] },
	);
	running = child;
	let printed = '';
	await new Promise<void>((up) => {
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (chunk: Buffer) => {
				printed += String(chunk);
				if (printed.includes(lastLine)) up();
			});
		child.once('close', () => up());
	});
	return { printed, process: child };
}

async function stop(child: ChildProcess): Promise<void> {
	child.kill('SIGINT');
	const [code] = (await once(child, 'exit')) as [number | null];
	expect(code).toBe(0);
	const free = await Promise.all(Object.values(ports).map(isFree));
	expect(free.every(Boolean)).toBe(true);
}

describe('npm start', () => {
	let owner: Owner;
	let workflow: string;

	test('prints editor, page and a new password that lets its owner in; Ctrl-C stops all of it', async () => {
		const { printed, process: child } = await launch();
		expect(printed).toContain(`http://127.0.0.1:${ports.editor}`);
		expect(printed).toContain(`http://127.0.0.1:${ports.page}`);
		owner = JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8')) as Owner;
		expect((await stat(join(folder, 'owner.json'))).mode & 0o777).toBe(0o600);
		expect(printed).toContain(owner.password);

		const api = new N8nApi(`http://127.0.0.1:${ports.editor}`);
		await api.signIn(owner);
		const workflows = await api.workflows();
		expect(workflows.map(({ name }) => name)).toContain('Order to reservation');
		expect(workflows.every(({ activeVersionId }) => activeVersionId !== null)).toBe(true);
		workflow = workflows[0]?.id ?? '';
		await api.updateWorkflow(workflow, { name: 'Edited by its user' });
		expect((await axios.get<string>(`http://127.0.0.1:${ports.page}`)).data).toContain('Sandbox');
		await stop(child);
	});

	test("goes on with the data that is there: same password, now unprinted, and the user's edits", async () => {
		const { printed, process: child } = await launch();
		expect(printed).not.toContain(owner.password);
		const api = new N8nApi(`http://127.0.0.1:${ports.editor}`);
		await api.signIn(owner);
		expect((await api.workflow(workflow)).name).toBe('Edited by its user');
		expect((await api.workflows()).filter(({ id }) => id === workflow)).toHaveLength(1);
		await stop(child);
	});

	test('says which port is taken and how to choose another', async () => {
		const taken = createServer().listen(ports.wms, '127.0.0.1');
		await once(taken, 'listening');
		try {
			const { printed } = await launch();
			expect(printed).toContain(`port ${ports.wms} (for ${launchPorts.wms.what})`);
			expect(printed).toContain('--wms-port');
		} finally {
			taken.close();
		}
	});
});
