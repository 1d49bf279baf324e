import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const notOurs = new Set(['node_modules', 'dist', 'coverage']);

/** Files of the checkout, by path from its root; folders that begin with a dot are left out. */
function filesUnder(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (!entry.isDirectory()) return [relative(root, path)];
		return entry.name.startsWith('.') || notOurs.has(entry.name) ? [] : filesUnder(path);
	});
}

const files = filesUnder(root);
const pages = files.filter((file) => file.endsWith('.md'));
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');
/** Without code, where a bracket is no link and a # no heading. */
const proseOf = (page: string): string =>
	textOf(page)
		.replaceAll(/^( *)```[\s\S]*?^\1```/gm, '')
		.replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()#]/g, ''));
const linksOf = (page: string): string[] =>
	[...proseOf(page).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);

/** How GitHub names the anchor of a heading. */
function anchorsOf(page: string): Set<string> {
	const headings = [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, text = '']) => text);
	return new Set(
		headings.map((text) =>
			text
				.toLowerCase()
				.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
				.replaceAll(' ', '-'),
		),
	);
}

function problemOf(page: string, target: string): string | undefined {
	if (/^(https?|mailto):/.test(target)) return undefined;
	const [path = '', anchor] = target.split('#');
	const file = path === '' ? page : relative(root, resolve(root, dirname(page), decodeURI(path)));
	if (!files.includes(file) && !files.some((other) => other.startsWith(`${file}/`)))
		return `${page}: there is no ${target}`;
	if (anchor === undefined || anchorsOf(file).has(decodeURI(anchor))) return undefined;
	return `${page}: ${file} has no heading for #${anchor}`;
}

test('every link and picture of the documentation leads to a file, and to a heading that is there', () => {
	const problems = pages.flatMap((page) => linksOf(page).flatMap((target) => problemOf(page, target) ?? []));
	expect(problems).toEqual([]);
	expect(pages.flatMap(linksOf).length).toBeGreaterThan(100);
});

test('every picture is shown on a page', () => {
	const shown = new Set(
		pages.flatMap((page) =>
			linksOf(page).map((target) => relative(root, resolve(root, dirname(page), target))),
		),
	);
	expect(files.filter((file) => file.endsWith('.png') && !shown.has(file))).toEqual([]);
});

test('every page for users is there in English and in Chinese', () => {
	const forUsers = pages.filter((page) => /^(README|docs|workflows)/.test(page));
	const other = (page: string): string =>
		page.endsWith('.zh-CN.md') ? page.replace('.zh-CN.md', '.md') : page.replace('.md', '.zh-CN.md');
	expect(forUsers.filter((page) => !pages.includes(other(page)))).toEqual([]);
});

test('every node has its row in both READMEs', () => {
	const { n8n } = JSON.parse(textOf('package.json')) as { n8n: { nodes: string[] } };
	const names = n8n.nodes.map((file) => /nodes\/([^/]+)\//.exec(file)?.[1] ?? '');
	for (const page of ['README.md', 'README.zh-CN.md'])
		for (const name of names)
			expect(linksOf(page)).toContain(`docs/nodes/${name}${page.replace('README', '')}`);
});

test('every template has its row in both READMEs', () => {
	const templates = files.flatMap((file) => /^workflows\/([^/]+)\/\1\.json$/.exec(file)?.[1] ?? []);
	expect(templates.length).toBeGreaterThan(0);
	for (const page of ['README.md', 'README.zh-CN.md'])
		for (const name of templates)
			expect(linksOf(page)).toContain(`workflows/${name}/README${page.replace('README', '')}`);
});
