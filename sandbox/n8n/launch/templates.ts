import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { N8nApi, WorkflowTemplate } from '../api';
import type { SandboxFolder } from './folder';

const workflows = resolve(__dirname, '../../../workflows');

/** The importable templates of this package by file name, such as order-to-reservation/workflow.json. */
export function templates(): Map<string, WorkflowTemplate> {
	const files = readdirSync(workflows, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.json'))
		.sort();
	const read = files.map(
		(file) => [file, JSON.parse(readFileSync(join(workflows, file), 'utf8')) as unknown] as const,
	);
	return new Map(read.filter((entry): entry is [string, WorkflowTemplate] => isTemplate(entry[1])));
}

function isTemplate(content: unknown): content is WorkflowTemplate {
	return typeof content === 'object' && content !== null && 'nodes' in content && 'connections' in content;
}

const runsByItself = ({ nodes }: WorkflowTemplate): boolean =>
	nodes.some(({ type }) => /trigger$/i.test(type) && !type.endsWith('.manualTrigger'));

/**
 * Imports each template once, as it stands, and publishes those that have a trigger. What the user edits, unpublishes or
 * deletes afterwards stays as the user left it.
 */
export async function importTemplates(
	api: N8nApi,
	folder: SandboxFolder,
	say: (what: string) => void,
): Promise<void> {
	const imported = folder.recall<Record<string, string>>('templates.json') ?? {};
	for (const [file, template] of templates()) {
		if (file in imported) continue;
		say(`Importing the template "${template.name}"`);
		const { id } = await api.importWorkflow(template);
		imported[file] = id;
		folder.write('templates.json', imported);
		if (!runsByItself(template)) continue;
		try {
			await api.publish(id);
		} catch (error) {
			say(
				`The template "${template.name}" was imported but not published: ${(error as Error).message} Open it in the editor to see why`,
			);
		}
	}
}
