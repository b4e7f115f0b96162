//! What tools write that people run themselves, or that anyone can.

mod automatic1111;
mod comfyui;
mod draw_things;
mod easy_diffusion;
mod flux;
mod fooocus;
mod hosted_job;
mod imaginairy;
mod invokeai;
mod mflux;
mod mochi_diffusion;
mod model_name;
mod novelai;
mod sd_scripts;
mod settings_line;
mod stability_matrix;
mod swarmui;

use super::{Clues, Mark, RATE, json_text, shapes};

#[cfg(test)]
use super::testing;

/// Every mark of this kind, in the order in which they are looked for.
pub(super) const ALL: &[Mark] = &[
    automatic1111::MARK,
    comfyui::MARK,
    invokeai::MARK,
    novelai::MARK,
    fooocus::MARK,
    swarmui::MARK,
    draw_things::MARK,
    easy_diffusion::MARK,
    stability_matrix::MARK,
    mochi_diffusion::MARK,
    flux::MARK,
    mflux::MARK,
    imaginairy::MARK,
    sd_scripts::MARK,
    hosted_job::MARK,
];
