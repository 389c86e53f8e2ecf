#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# browser.py [--pictures FOLDER] PAGE...: open pages in a real Chromium, on a desktop and on a
# phone, light and dark, and print them; say what is wrong with how they come out, a line each: an
# error of a script or on the console, a request for anything but the page, a page wider than the
# screen, text that has too little contrast (WCAG 2: 4.5), is too small, or stands on other text.
# With --pictures there are PNGs and PDFs to look at. Chromium is asked through a pipe, by the
# DevTools protocol.

import argparse
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# Width, height, pixels a point, and whether it is a phone's.
SCREENS = {'desktop': (1280, 900, 1, False), 'phone': (360, 740, 3, True)}
SCHEMES = ('light', 'dark')
A4 = (680, 1009, 1, False)	# at 96 dpi, without its margins

# Gives a list of sentences, for a screen WIDTH wide, which a phone does not tell if the page is
# wider. What clips its content or scrolls is no part of the page's width;
# what is only for screen readers is not seen.
LOOK = r'''
(() => {
	const wrong = [];
	const root = document.documentElement;
	const paper = matchMedia('print').matches;
	if (root.scrollWidth > WIDTH)
		wrong.push(`the page is ${root.scrollWidth} wide, the screen WIDTH`);
	if (document.scripts.length)
		wrong.push('there is a script');
	const number = (text) => text.match(/[\d.]+/g).map(Number);
	const light = (rgb) => {
		const part = rgb.slice(0, 3).map((v) => {
			v /= 255;
			return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
		});
		return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
	};
	const back = (element) => {
		for (; element; element = element.parentElement) {
			const color = number(getComputedStyle(element).backgroundColor);
			if (color.length < 4 || color[3] > 0)
				return color;
		}
		return [255, 255, 255];
	};
	const boxes = [];
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const text = walker.currentNode.data.trim();
		const element = walker.currentNode.parentElement;
		if (!text || element.closest('.only-read'))
			continue;
		const style = getComputedStyle(element);
		const [a, b] = [light(number(style.color)), light(back(element))];
		const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (contrast < 4.5)
			wrong.push(`contrast ${contrast.toFixed(1)}: ${text.slice(0, 40)}`);
		if (parseFloat(style.fontSize) < (paper ? 10 : 12))
			wrong.push(`${style.fontSize}: ${text.slice(0, 40)}`);
		const range = document.createRange();
		range.selectNodeContents(walker.currentNode);
		for (const box of range.getClientRects())
			boxes.push({ box, text, element });
	}
	const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1 ||
		a.bottom <= b.top + 3 || b.bottom <= a.top + 3;
	boxes.sort((a, b) => a.box.top - b.box.top);
	for (let i = 0; i < boxes.length; i++)
		for (let j = i + 1; j < boxes.length &&
		     boxes[j].box.top < boxes[i].box.bottom - 3; j++)
			if (!apart(boxes[i].box, boxes[j].box))
				wrong.push(`'${boxes[i].text.slice(0, 30)}' is on ` +
					   `'${boxes[j].text.slice(0, 30)}'`);
	const { backgroundColor } = getComputedStyle(document.body);
	return { wrong, texts: boxes.length, back: backgroundColor };
})()
'''


class Chromium:
	"""A browser, asked one thing after the other; what it tells unasked is kept in events."""

	def __init__(self, folder):
		to_it, to_write = os.pipe()
		to_read, from_it = os.pipe()
		# It wants them as 3 and 4, and may get them as these already.
		command = ['sh', '-c', f'exec "$@" 3<&{to_it} 4>&{from_it}', 'sh', 'chromium',
			   '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run',
			   '--disable-background-networking', '--disable-component-update',
			   '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND',
			   '--remote-debugging-pipe', f'--user-data-dir={folder}', 'about:blank']
		self.process = subprocess.Popen(command, pass_fds=(to_it, from_it),
						stdin=subprocess.DEVNULL,
						stdout=subprocess.DEVNULL,
						stderr=subprocess.DEVNULL)
		os.close(to_it)
		os.close(from_it)
		self.write = os.fdopen(to_write, 'wb', buffering=0)
		self.read = os.fdopen(to_read, 'rb')
		self.rest = b''
		self.number = 0
		self.session = None
		self.events = []
		target = self.ask('Target.createTarget', url='about:blank')['targetId']
		self.session = self.ask('Target.attachToTarget', targetId=target,
					flatten=True)['sessionId']
		for domain in ('Page', 'Runtime', 'Log', 'Network'):
			self.ask(domain + '.enable')

	def message(self):
		while b'\0' not in self.rest:
			more = os.read(self.read.fileno(), 1 << 20)
			if not more:
				raise SystemExit('Chromium has ended')
			self.rest += more
		text, self.rest = self.rest.split(b'\0', 1)
		return json.loads(text)

	def ask(self, method, **params):
		self.number += 1
		request = {'id': self.number, 'method': method, 'params': params}
		if self.session:
			request['sessionId'] = self.session
		self.write.write(json.dumps(request).encode() + b'\0')
		while True:
			message = self.message()
			if message.get('id') == self.number:
				if 'error' in message:
					raise SystemExit(f'{method}: {message["error"]["message"]}')
				return message['result']
			self.events.append(message)

	def wait(self, method):
		while not any(event.get('method') == method for event in self.events):
			self.events.append(self.message())

	def close(self):
		self.session = None
		self.ask('Browser.close')
		self.process.wait()


def told(events, url):
	"""What the browser said of a page by itself."""
	for event in events:
		params = event.get('params', {})
		method = event.get('method')
		if method == 'Runtime.exceptionThrown':
			yield 'an exception: ' + params['exceptionDetails']['text']
		elif method == 'Log.entryAdded':
			yield 'in the log: ' + params['entry']['text']
		elif method == 'Runtime.consoleAPICalled':
			yield 'on the console: ' + params['type']
		elif method == 'Network.requestWillBeSent' and params['request']['url'] != url:
			yield 'it asks for ' + params['request']['url'][:100]
		elif method == 'Network.loadingFailed':
			yield 'not loaded: ' + params['errorText']


def keep(pictures, name, data):
	if pictures:
		(pictures / name).write_bytes(base64.b64decode(data))


def look(browser, page, size, features, medium):
	"""Opens the page anew. Gives what is wrong with it, and what it looks like."""
	width, height, scale, mobile = size
	url = page.resolve().as_uri()
	browser.ask('Emulation.setDeviceMetricsOverride', width=width, height=height,
		    deviceScaleFactor=scale, mobile=mobile)
	browser.ask('Emulation.setEmulatedMedia', media=medium,
		    features=[{'name': 'prefers-color-scheme', 'value': features}])
	browser.events.clear()
	browser.ask('Page.navigate', url=url)
	browser.wait('Page.loadEventFired')
	result = browser.ask('Runtime.evaluate', expression=LOOK.replace('WIDTH', str(width)),
			     returnByValue=True)
	if 'exceptionDetails' in result:
		raise SystemExit(result['exceptionDetails']['exception']['description'])
	seen = result['result']['value']
	wrong = seen['wrong']
	if seen['texts'] < 100:
		wrong.append(f'there are only {seen["texts"]} texts')
	bright = sum(int(part) for part in seen['back'][4:-1].split(',')[:3]) > 3 * 128
	if bright != (features == 'light' or medium == 'print'):
		wrong.append(f'its background is {seen["back"]}')
	wrong += told(browser.events, url)
	return wrong, browser.ask('Page.captureScreenshot', captureBeyondViewport=True)['data']


def views(browser, page, pictures):
	"""Each view of a page: its name, and what is wrong with it."""
	for screen, size in SCREENS.items():
		for scheme in SCHEMES:
			wrong, picture = look(browser, page, size, scheme, 'screen')
			keep(pictures, f'{page.stem}-{screen}-{scheme}.png', picture)
			yield f'{screen}, {scheme}', wrong
	# Who prints from a dark screen wants no dark paper, nor pay for backgrounds.
	wrong, picture = look(browser, page, A4, 'dark', 'print')
	keep(pictures, f'{page.stem}-paper.png', picture)
	pdf = browser.ask('Page.printToPDF', printBackground=False)['data']
	keep(pictures, f'{page.stem}.pdf', pdf)
	if not base64.b64decode(pdf).startswith(b'%PDF'):
		wrong.append('it does not print')
	yield 'paper', wrong


def main():
	parser = argparse.ArgumentParser()
	parser.add_argument('--pictures', type=pathlib.Path)
	parser.add_argument('pages', nargs='+', type=pathlib.Path)
	options = parser.parse_args()
	found = False
	with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
		browser = Chromium(folder)
		for page in options.pages:
			for name, wrong in views(browser, page, options.pictures):
				for line in wrong:
					print(f'{page.name}, {name}: {line}')
					found = True
		browser.close()
	return found


sys.exit(main())
