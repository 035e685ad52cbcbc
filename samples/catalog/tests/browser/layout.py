"""What of a page can be seen without scrolling sideways."""

SMALL = {"width": 320, "height": 568}  # what WCAG 2.2 asks for in 1.4.10, Reflow

_BEYOND = """
() => {
    const page = document.documentElement;
    const beyond = [...document.querySelectorAll("body *")]
        .filter(element => element.getBoundingClientRect().right > page.clientWidth + 1)
        .map(element => element.outerHTML.slice(0, 120));
    return page.scrollWidth > page.clientWidth ? ["the page scrolls", ...beyond] : beyond;
}
"""


def beyond_the_window(page, size):
    """List what reaches over the right edge of a window of a size, as soon as all is loaded."""
    page.wait_for_load_state()
    page.set_viewport_size(size)
    page.wait_for_function("width => window.innerWidth === width", arg=size["width"])
    return page.evaluate(_BEYOND)
