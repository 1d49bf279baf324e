import type { Locator, Page } from 'playwright-core';

/** A point of the window, in CSS pixels from its upper left corner. */
export interface Point {
	x: number;
	y: number;
}

/** What a person does in n8n's editor, with mouse and keyboard. */
export class Editor {
	constructor(
		readonly page: Page,
		/** address of n8n */
		private readonly url: string,
	) {}

	async openNewWorkflow(): Promise<void> {
		await this.page.goto(`${this.url}/workflow/new`);
		await this.page.getByTestId('canvas-add-button').waitFor();
	}

	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${id}`);
		await this.page.getByTestId('canvas-node').first().waitFor();
	}

	node(name: string): Locator {
		return this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
	}

	/** From the empty canvas: opens the list of all nodes that can start a workflow. */
	async addFirstStep(): Promise<void> {
		await this.page.getByTestId('canvas-add-button').click();
		await this.page.getByTestId('node-creator').waitFor();
	}

	/** Draws a line from a node's output to an empty place: the list of nodes opens, and what is chosen will stand there, connected. */
	async drawLine(from: string, to: Point): Promise<void> {
		const { page } = this;
		await this.drag(page.locator(`[data-test-id="canvas-node-output-handle"][data-node-name="${from}"]`), to);
		await page.getByTestId('node-creator').waitFor();
	}

	/** In the list of nodes, opens what a node can do. */
	async choose(node: string): Promise<void> {
		const { page } = this;
		await page.getByTestId('node-creator-search-bar').fill(node);
		await this.entry(node).click();
		// The list that slides away covers the new one.
		await page.getByTestId('node-creator-search-bar').waitFor({ state: 'detached' });
	}

	/** Adds a node that carries out the action; n8n opens its parameters. Its actions can't be dragged: n8n 2.41 forgets to allow it. */
	async chooseAction(action: string): Promise<void> {
		await this.entry(action).click();
		await this.page.getByTestId('ndv').waitFor();
	}

	private entry(name: string): Locator {
		const title = this.page.getByTestId('node-creator-item-name').getByText(name, { exact: true });
		return this.page.getByTestId('item-iterator-item').filter({ has: title }).first();
	}

	/** Drags a node to another place. */
	async move(node: string, to: Point): Promise<void> {
		await this.drag(this.node(node), to);
	}

	/** Where a node's middle is. */
	async placeOf(node: string): Promise<Point> {
		return centre(await boxOf(this.node(node)));
	}

	/** Lines from one node to another. */
	line(from: string, to: string): Locator {
		return this.page.locator(
			`[data-test-id="edge"][data-source-node-name="${from}"][data-target-node-name="${to}"]`,
		);
	}

	async open(node: string): Promise<void> {
		await this.node(node).dblclick();
		await this.page.getByTestId('ndv').waitFor();
	}

	async closeNode(): Promise<void> {
		await this.page.getByTestId('ndv-close-button').click();
		await this.page.getByTestId('ndv').waitFor({ state: 'detached' });
	}

	/** The field of a parameter in the node that is open. */
	field(parameter: string): Locator {
		return this.page.getByTestId(`parameter-input-${parameter}`);
	}

	/** Waits until a field on the screen holds a value: n8n draws a long form bit by bit. */
	async showsValue(value: string): Promise<void> {
		// As a string: the tests are compiled without the browser's types.
		const shown = `[...document.querySelectorAll('input, textarea')].some((field) => field.value === ${JSON.stringify(value)})`;
		await this.page.waitForFunction(shown).catch((error: unknown) => {
			throw new Error(`No field shows ${value}.`, { cause: error });
		});
	}

	/** Opens a picker's live list; resolves to its entries. */
	async openPicker(parameter: string): Promise<Locator> {
		const { page } = this;
		await page.getByTestId(`resource-locator-${parameter}`).getByTestId('rlc-input').click();
		const entries = page.getByTestId('rlc-item');
		await entries.first().waitFor();
		return entries;
	}

	/** Executes the workflow from the canvas and waits until the nodes have succeeded. */
	async execute(...nodes: string[]): Promise<void> {
		await this.page.getByTestId('execute-workflow-button').click();
		for (const name of nodes)
			await this.node(name).getByTestId('canvas-node-status-success').waitFor({ timeout: 60_000 });
	}

	/** Shows input and output of the node that is open as JSON. */
	async showJson(): Promise<void> {
		for (const side of ['ndv-input-panel', 'output-panel'])
			await this.page.getByTestId(side).getByText('JSON', { exact: true }).click();
	}

	/** Waits until the JSON on the output side holds a text, whatever white space is between: n8n draws long output bit by bit. */
	async outputHolds(text: string): Promise<void> {
		const lines = this.page.getByTestId('output-panel').getByTestId('ndv-data-container');
		const wanted = lines.filter({
			hasText: new RegExp([...text].map((one) => one.replace(/\W/, '\\$&')).join('\\s*')),
		});
		await wanted.waitFor();
	}

	/** Presses, moves and releases the mouse as a hand does: a browser takes a press without a way for a click. */
	private async drag(from: Locator, to: Point): Promise<void> {
		const { mouse } = this.page;
		// Waits until it has come to rest.
		await from.hover();
		const start = centre(await boxOf(from));
		await mouse.down();
		await mouse.move(start.x - 12, start.y + 4, { steps: 3 });
		await mouse.move(to.x, to.y, { steps: 8 });
		await mouse.up();
	}
}

async function boxOf(element: Locator): Promise<Point & { width: number; height: number }> {
	await element.waitFor();
	const box = await element.boundingBox();
	if (box === null) throw new Error('The element to drag is not on the screen.');
	return box;
}

function centre({ x, y, width, height }: Point & { width: number; height: number }): Point {
	return { x: x + width / 2, y: y + height / 2 };
}
