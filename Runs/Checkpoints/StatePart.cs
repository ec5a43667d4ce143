namespace MMOrleans.Runs.Checkpoints;

/// <summary>Which part of a network a tensor belongs to: stages train, take over and leave out whole parts.</summary>
public enum StatePart
{
    /// <summary>What makes features of images.</summary>
    Backbone = 0,

    /// <summary>What makes logits of features.</summary>
    Classifier = 1,

    /// <summary>One factor a class on the classifier's logits.</summary>
    Scales = 2,

    /// <summary>The head of rotation pre-training: in the state of a run from its first round to its last, and no part of its model.</summary>
    Rotation = 3,

    /// <summary>What an objective carries from step to step, as buffers: in the state, and no part of its model.</summary>
    Objective = 4,
}
