"""The routes for browsers and spreadsheets: pages, images of players, and exports."""

from starlette.routing import Route

from gateway.settings import Settings

from .failures import Failures
from .files.best_image import BestImage
from .files.exports import export_routes
from .files.image_data import ImageData
from .files.player_images import PlayerImages
from .files.player_names import with_known_names
from .files.png_files import PNGFiles
from .fixed_queries import FixedQueries
from .pages import page_routes
from .pages.best_preview import BestPreviews
from .pages.preview_tags import site_name
from .pages.previews import Previews
from .parts import Gateway


def site_routes(gateway: Gateway, settings: Settings, queries: FixedQueries, failures: Failures) -> list[Route]:
    """All of them; images and exports execute `queries`."""
    png_files = PNGFiles(gateway.turns)
    return [*_files(gateway, settings, queries, failures, png_files), *_pages(gateway, settings, png_files)]


def _files(
    gateway: Gateway, settings: Settings, queries: FixedQueries, failures: Failures, png_files: PNGFiles
) -> list[Route]:
    images = PlayerImages(
        queries,
        ImageData(queries, gateway.tracker.hiscores, clock=gateway.clock),
        failures=failures,
        png_files=png_files,
        site=site_name(settings.public_url),
        is_sample_data=settings.sample_data,
    )
    routes = [*export_routes(queries, settings.cors_origins), *images.routes()]
    return with_known_names(routes, gateway.tracker.names.user_ids.known)


def _pages(gateway: Gateway, settings: Settings, png_files: PNGFiles) -> list[Route]:
    previews = _previews(gateway, settings, png_files)
    best_previews = _best_previews(gateway, settings, png_files)
    user_ids = gateway.tracker.names.user_ids
    site = site_name(settings.public_url)
    best_image = BestImage(best_previews, png_files, site=site, is_sample_data=settings.sample_data)
    pages = page_routes(
        settings, previews, best_previews, user_ids.known, is_missing=user_ids.is_missing, clock=gateway.clock
    )
    return [best_image.route(), *pages]


def _best_previews(gateway: Gateway, settings: Settings, png_files: PNGFiles) -> BestPreviews:
    return BestPreviews(
        gateway.tracker,
        has_images=png_files.are_available,
        is_sample_data=settings.sample_data,
        clock=gateway.clock,
    )


def _previews(gateway: Gateway, settings: Settings, png_files: PNGFiles) -> Previews:
    return Previews(
        gateway.tracker,
        public_url=settings.public_url,
        has_images=png_files.are_available,
        is_sample_data=settings.sample_data,
        clock=gateway.clock,
    )
