"""Adaptive search: Optuna proposes points from the values of those before, its journal file remembers them."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

from minitorch.sweep.space import Choices, Space, Values


class Adaptive:
    """Asks Optuna's TPE sampler for points and tells it what became of them.

    ``study`` names what the points' values can be compared within; a journal may hold several. What is proposed depends
    on the seed and on the trials so far, so with one run at a time a search that is taken up again goes on as it would
    have.
    """

    def __init__(self, journal: Path, study: str, space: Space, goal: str, trials: int, seed: int = 0) -> None:
        import optuna
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self.optuna, self.space, self.trials, self.seed = optuna, space, trials, seed
        _without_torn_end(journal)
        with warnings.catch_warnings():  # the storage is said to be experimental
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            storage = JournalStorage(JournalFileBackend(str(journal)))
        self.study: Any = optuna.create_study(
            storage=storage, study_name=study, direction=f"{goal}imize", load_if_exists=True
        )

    def earlier(self) -> list[tuple[int, Values]]:
        """All trials so far: for who knows that nobody else is at them."""
        running = self.optuna.trial.TrialState.RUNNING
        for trial in self.study.get_trials(deepcopy=False, states=(running,)):
            if not self._is_whole(trial):  # stopped in the middle of being proposed
                self.tell(trial.number, None)
        trials = self.study.get_trials(deepcopy=False)
        return [(trial.number, self._values(trial.params)) for trial in trials if self._is_whole(trial)]

    def ask(self) -> tuple[int, Values] | None:
        """The next trial's number and point; none when there have been enough."""
        so_far = self.study.get_trials(deepcopy=False)
        if sum(map(self._is_whole, so_far)) >= self.trials:
            return None
        self.study.sampler = self.optuna.samplers.TPESampler(seed=self.seed * 100_003 + len(so_far))
        trial = self.study.ask()
        for key, axis in self.space.items():
            if isinstance(axis, Choices):
                trial.suggest_categorical(key, [json.dumps(value) for value in axis.values])
            elif axis.whole:
                trial.suggest_int(key, axis.low, axis.high, step=axis.step or 1, log=axis.log)
            else:
                trial.suggest_float(key, axis.low, axis.high, step=axis.step, log=axis.log)
        return trial.number, self._values(trial.params)

    def tell(self, number: int, value: float | None) -> None:
        """What a trial came to; None for one that failed. The first word about a trial counts."""
        states = self.optuna.trial.TrialState
        state = states.FAIL if value is None else states.COMPLETE
        self.study.tell(number, value, state=state, skip_if_finished=True)

    def _is_whole(self, trial: Any) -> bool:
        return bool(trial.params.keys() == self.space.keys())

    def _values(self, params: dict[str, Any]) -> Values:
        return {
            key: json.loads(params[key]) if isinstance(axis, Choices) else params[key]
            for key, axis in self.space.items()
        }


def _without_torn_end(journal: Path) -> None:
    """Cut off a last line that a loss of power left unfinished: another one written after it would spoil the file."""
    if not journal.exists():
        return
    content = journal.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with open(journal, "r+b") as file:
            file.truncate(whole)
