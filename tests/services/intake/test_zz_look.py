import asyncio
import socket
from datetime import date, timedelta

import pytest
import uvicorn
from playwright.async_api import async_playwright
from pydantic import AnyHttpUrl, SecretStr

from shared.contracts.intake import PlacementWeek
from shared.contracts.screening import ProjectReturned
from shared.web.application import application
from shared.web.door import Door
from shared.web.sessions import cookie_name
from shared.web.settings import WebSettings
from tests.support import visitors
from tests.support.front_door import FrontDoor
from tests.support.hosting import Desk
from tests.support.intake import *
from tests.support.visitors import host


@pytest.mark.timeout(400)
async def test_look(door: FrontDoor):
    weeks = [
        PlacementWeek(week=9, starts_on=date(2027, 6, 21), ends_on=date(2027, 6, 25)),
        PlacementWeek(week=10, starts_on=date(2027, 6, 28), ends_on=date(2027, 7, 2)),
    ]
    await door.schedule(weeks=weeks)
    await door.register("S00001")
    door.intake.clock.step_to(SUBMISSIONS_OPEN + timedelta(days=3))
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    port = s.getsockname()[1]
    s.close()
    settings = WebSettings(
        public_url=AnyHttpUrl(f"http://127.0.0.1:{port}"), session_secret=SecretStr("the secret of these tests")
    )
    app = application(door.intake.replicas, Door({}, settings))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="off"))
    server.capture_signals = __import__("contextlib").nullcontext
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    base = f"http://127.0.0.1:{port}"
    async with async_playwright() as pw:
        chrome = await pw.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])

        async def shot(page, name):
            for w in (1280, 360):
                await page.set_viewport_size({"width": w, "height": 900})
                await page.screenshot(path=f"/tmp/hostlook/{name}-{w}.png", full_page=True)
                wide = await page.evaluate("document.documentElement.scrollWidth")
                if wide > w:
                    print("WIDE", name, w, wide)
            await page.set_viewport_size({"width": 1280, "height": 900})

        ctx = await chrome.new_context()

        async def cookie():
            await ctx.add_cookies(
                [{"name": cookie_name(settings), "value": visitors.session_cookie(host("H0001")), "url": base}]
            )

        await cookie()
        page = await ctx.new_page()
        page.on("console", lambda m: print("CONSOLE", m.text))
        page.on("pageerror", lambda m: print("ERROR", m))
        await page.goto(base + "/host/projects")
        await shot(page, "01-empty")
        await page.click("text=Describe a project")
        await page.wait_for_selector("#title", timeout=3000)
        await shot(page, "02-step1")
        await page.fill("#title", "A small tool for river health")
        await page.wait_for_selector("text=Saved at")
        await page.fill("#scope", "Colleagues copy figures by hand.")
        await page.wait_for_timeout(1500)
        await shot(page, "03-step1-typed")
        d = page.url.rsplit("/", 1)[0]
        await page.goto(d + "/work")
        await page.click("text=Save and continue")
        await page.wait_for_selector("#faults")
        await shot(page, "04-work-faults")
        await page.goto(d + "/arrangements")
        await page.fill("#places", "0")
        await page.wait_for_selector("text=Offer at least one")
        await page.check("input[name=week][value='10']")
        await page.wait_for_timeout(900)
        await shot(page, "05-arrangements")
        other = await ctx.new_page()
        await other.goto(d + "/supervision")
        await page.goto(d + "/supervision")
        await other.fill("#supervisor_name", "Jo Price")
        await other.wait_for_selector("text=Saved at")
        await page.fill("#supervisor_name", "Hana Brown")
        await page.wait_for_selector("text=changed in another window")
        await shot(page, "06-conflict")
        await page.click("text=Keep what I typed here")
        await page.wait_for_selector(".notice.good")
        await shot(page, "07-kept")
        await page.goto(d + "/students")
        await shot(page, "08-students")
        await page.goto(d + "/preview")
        await shot(page, "09-preview-wanting")
        await page.goto(d + "/arrangements?check=yes")
        await shot(page, "09b-check")
        await page.goto(d + "/obligations")
        await shot(page, "10-obligations")
        desk = Desk(
            __import__("httpx").AsyncClient(
                base_url=base,
                cookies={cookie_name(settings): visitors.session_cookie(host("H0001"))},
                headers={"Origin": base, "Accept": "text/html"},
            )
        )
        path = d.replace(base, "")
        await desk.write(path)
        await page.goto(d + "/preview")
        await shot(page, "11-preview")
        await page.click("text=Send it to the careers")
        await page.wait_for_selector(".notice.good")
        await shot(page, "12-sent")
        await door.propose(project_id="P0002", title="A first visitor guide")
        await door.intake.hear(
            ProjectReturned(
                project_id="P0002",
                revision=1,
                round_id="trinity-2027",
                host_id="H0001",
                comments="What will exist at the end?\nAnd who stands in for Hana on Friday?",
            )
        )
        await page.goto(base + "/host/projects/P0002")
        await shot(page, "13-returned")
        draft = (await desk.browser.post("/host/projects/P0002/correction")).headers["location"]
        await desk.write(
            draft,
            title="A first visitor guide",
            deliverables=["Working code with tests", "A guide of two pages"],
            supervision="Hana Brown will meet you each morning for fifteen minutes. Jo Price stands in on Friday.",
            places=1,
        )
        await page.goto(base + draft + "/preview")
        await shot(page, "13b-correction-preview")
        await desk.send(draft)
        await page.goto(base + "/host/projects/P0002")
        await shot(page, "14-corrected")
        await page.goto(base + "/host/projects/P0002/withdrawal")
        await shot(page, "15-withdraw")
        await desk.begin()
        await door.propose(project_id="P0003", title="Cataloguing the letters of a forgotten botanist")
        await door.approve(a_proposal(project_id="P0003"))
        await page.goto(base + "/host/projects")
        await shot(page, "16-list")
        await door.intake.step_to(datetime.fromisoformat("2027-06-30T09:00:00+00:00"))
        await page.goto(base + "/host/projects")
        await shot(page, "17-list-after")
        await page.goto(base + "/host/projects/P9")
        await shot(page, "18-notfound")
        # conflict without JavaScript
        nojs = await chrome.new_context(java_script_enabled=False)
        await nojs.add_cookies(
            [{"name": cookie_name(settings), "value": visitors.session_cookie(host("H0001")), "url": base}]
        )
        n = await nojs.new_page()
        m = await nojs.new_page()
        dd = base + (await desk.begin())
        await n.goto(dd + "/students")
        await m.goto(dd + "/students")
        await n.fill("#skills", "Python")
        await n.check("input[value=any]")
        await n.click("text=Save and continue")
        await m.fill("#skills", "Excel\nWriting")
        await m.click("text=Save and continue")
        await shot(m, "19-conflict-nojs")
        await m.click("text=Keep what I typed")
        await shot(m, "20-nojs-kept")
        await chrome.close()
    server.should_exit = True
    await task
